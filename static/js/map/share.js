// "Teilen": the device's own way where there is one, else the address is copied.

/** Show and wire the share button within `root`. */
export function share(root) {
  const button = root.querySelector("[data-share]");
  if (!button || !(navigator.share || navigator.clipboard)) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { url, title, copied } = button.dataset;
    try {
      if (navigator.share) {
        await navigator.share({ title, url });
        return;
      }
      await navigator.clipboard.writeText(url);
      root.querySelector("[data-shared]").textContent = copied;
    } catch (_error) {
      // closed without sharing
    }
  });
}
