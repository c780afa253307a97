// The report flow in the browser.
