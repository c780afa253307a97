// The service worker of the field view.
