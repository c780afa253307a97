// Light, dark or as the device says. A classic script in <head>: it must run before the first paint.
(function () {
  "use strict";
  var root = document.documentElement;
  var key = "scheme";

  function stored() {
    try {
      return localStorage.getItem(key) || "";
    } catch (_error) {
      return ""; // storage may be switched off; then the device decides
    }
  }

  function apply(choice) {
    if (choice) root.dataset.kernTheme = choice;
    else delete root.dataset.kernTheme;
  }

  root.classList.add("js");
  // Pages that modules rebuild are laid out for them at once, so that nothing jumps; where they fail, it is taken back.
  if ("noModule" in HTMLScriptElement.prototype) root.classList.add("modules");
  addEventListener("error", function (event) {
    if (event.target.type === "module") root.classList.remove("modules");
  }, true);
  apply(stored());
  // Paper is white
  addEventListener("beforeprint", function () { apply("light"); });
  addEventListener("afterprint", function () { apply(stored()); });

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-scheme]").forEach(function (group) {
      group.hidden = false;
      group.querySelectorAll("input").forEach(function (input) {
        input.checked = input.value === stored();
        input.addEventListener("change", function () {
          try {
            if (input.value) localStorage.setItem(key, input.value);
            else localStorage.removeItem(key);
          } catch (_error) {
            // not kept, but applied to this page
          }
          apply(input.value);
        });
      });
    });
    // After a refused form the summary of what is wrong comes first
    var summary = document.querySelector("[data-focus]");
    if (summary) summary.focus();
    // Menus close with Escape and by a click beside them
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") return;
      document.querySelectorAll("details.menu[open], details.drop[open]").forEach(function (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    });
    document.addEventListener("click", function (event) {
      document.querySelectorAll("details.menu[open], details.drop[open]").forEach(function (menu) {
        if (!menu.contains(event.target)) menu.open = false;
      });
    });
  });
})();
