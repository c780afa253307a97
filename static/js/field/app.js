// The field view: starts the app and shows the screen that the address names.
