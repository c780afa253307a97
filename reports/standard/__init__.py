"""What every municipality begins with: a category tree with its questions, stages and text blocks, as data."""
