// Forms with a passkey: `data-passkey="create"` or `"get"`. The options come out of the JSON in the form or
// from the address in data-options when the button is pressed; what the device answers goes into [name=credential].
// Such a form is hidden until this browser is known to be able to do it; without scripts the other ways remain.

const BYTES = { challenge: 1, id: 1 };

function decode(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function encode(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The options with bytes where the browser wants bytes. */
function withBytes(options) {
  const one = ({ ...facts }) => {
    for (const name of Object.keys(facts)) if (BYTES[name] && typeof facts[name] === "string") facts[name] = decode(facts[name]);
    return facts;
  };
  const whole = one(options);
  if (whole.user) whole.user = one(whole.user);
  for (const name of ["allowCredentials", "excludeCredentials"]) if (whole[name]) whole[name] = whole[name].map(one);
  return whole;
}

/** What the device answered, as the server reads it. */
function asJson({ id, rawId, type, response, authenticatorAttachment }, extensions) {
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = encode(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return JSON.stringify({ id, rawId: encode(rawId), type, authenticatorAttachment, response: parts, clientExtensionResults: extensions });
}

async function optionsOf(form) {
  const address = form.dataset.options;
  if (!address) return JSON.parse(form.querySelector("[type=\"application/json\"]").textContent);
  const answer = await fetch(address, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" }, credentials: "same-origin", cache: "no-store" });
  if (!answer.ok) throw new Error(`Answer ${answer.status}`);
  return answer.json();
}

async function ask(form) {
  const options = await optionsOf(form);
  const publicKey = withBytes((options.creation_options || options.request_options).publicKey);
  if (form.dataset.passkey === "get") return navigator.credentials.get({ publicKey });
  // It opens the account by itself: so it is kept on the device, and the device asks who is there.
  publicKey.authenticatorSelection = { ...publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
  return navigator.credentials.create({ publicKey });
}

function bring(form) {
  const fault = form.querySelector("[data-passkey-fault]");
  const button = form.querySelector("[type=submit]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.classList.contains("is-busy")) return;
    button.classList.add("is-busy");
    fault.hidden = true;
    try {
      const credential = await ask(form);
      form.querySelector("[name=credential]").value = asJson(credential, credential.getClientExtensionResults());
      form.submit();
    } catch (error) {
      // Given up, no passkey for this address, or no connection: nothing has happened.
      fault.hidden = false;
      fault.focus();
      if (!(error instanceof DOMException || error instanceof TypeError)) console.warn(error);
    } finally {
      button.classList.remove("is-busy");
    }
  });
}

const able = Boolean(globalThis.PublicKeyCredential && navigator.credentials);
for (const part of document.querySelectorAll("[data-passkey-missing]")) part.hidden = able;
if (able) for (const form of document.querySelectorAll("[data-passkey]")) bring(form);
