// The fields of a step: read, filled in again, and put into the report as the interface takes it.

/** The form's fields as [name, value] pairs, without files. */
export function fieldsOf(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "website");
}

/** Fill a form with [name, value] pairs; resolves to whether that changed anything. */
export function fill(form, pairs) {
  let filled = false;
  const values = new Map();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) || []), value]);
  for (const control of form.elements) {
    if (!control.name || control.type === "file" || control.type === "submit" || control.name === "place_shown") continue;
    const wanted = values.get(control.name);
    if (control.type === "radio" || control.type === "checkbox") {
      const checked = Boolean(wanted?.includes(control.value) || (control.value === "on" && wanted?.includes("yes")));
      if (control.type === "radio" && !wanted) continue;
      filled ||= control.checked !== checked;
      control.checked = checked;
    } else if (wanted && control.value !== wanted[0]) {
      control.value = wanted[0];
      filled = true;
    }
  }
  return filled;
}

/** A report with the unsent `fields` of one step. */
export function merged(old, step, fields) {
  const report = structuredClone(old);
  const one = (name) => fields.find(([key]) => key === name)?.[1] ?? "";
  if (step === "ort") {
    report.address = one("address").trim();
    delete report.point;
    if (one("lat") && one("lon")) report.point = { type: "Point", coordinates: [Number(one("lon")), Number(one("lat"))] };
  } else if (step === "was") {
    report.category = one("category");
    report.text = one("text").replace(/\r\n/g, "\n");
    if (report.category !== old.category) report.answers = {};
  } else if (step === "genauer") {
    report.answers = answersOf(fields);
  } else if (step === "kontakt") {
    report.contact = { email: one("email").trim(), name: one("name"), phone: one("phone"), public_name: one("public_name") === "on" };
  }
  return report;
}

/** Answers by slug out of fields "q-<slug>"; several values under one name are a list. */
function answersOf(fields) {
  const answers = {};
  for (const [name, value] of fields) {
    if (!name.startsWith("q-") || value === "") continue;
    const slug = name.slice(2);
    answers[slug] = slug in answers ? [answers[slug], value].flat() : value;
  }
  return answers;
}

/** A report's facts of one step as the [name, value] pairs of its form. */
export function pairsOf(report, step) {
  if (step === "ort") {
    const [lon, lat] = report.point?.coordinates || ["", ""];
    return [["address", report.address || ""], ["lat", String(lat)], ["lon", String(lon)], ["pinned", report.point ? "on" : ""]];
  }
  if (step === "was") return [["category", report.category || ""], ["text", report.text || ""]];
  if (step === "genauer") return Object.entries(report.answers || {}).flatMap(([slug, answer]) => [answer].flat().map((one) => [`q-${slug}`, written(one)]));
  if (step !== "kontakt") return [];
  const { email = "", name = "", phone = "", public_name: shown = false } = report.contact || {};
  return [["email", email], ["name", name], ["phone", phone], ...(shown ? [["public_name", "on"]] : [])];
}

/** An answer as a control holds it: the server stores yes and no as truth values. */
function written(answer) {
  return typeof answer === "boolean" ? (answer ? "yes" : "no") : String(answer);
}
