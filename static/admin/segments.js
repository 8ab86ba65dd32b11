/* A segment's conditions as rows and groups. They are kept as JSON in the form's own
   field: without this script that field is written by hand. */

import { lookUp } from "./look-up.js";
import { goodsOf } from "./segments-goods.js";

const MODES = { all: "All of these", any: "Any of these", none: "None of these" };
const MOST_DEEP = 4;
const SUFFIX = { share: "%", days: "days" };
const form = document.querySelector("[data-segment]");
const offer = JSON.parse(document.getElementById("segment-offer").textContent);
const kept = form.querySelector("[name=conditions]");
const here = form.querySelector("[data-found]");
const fields = new Map(offer.fields.map((field) => [field.name, field]));
const deeds = new Map(offer.deeds.map((deed) => [deed.name, deed]));

export function make(tag, said = {}, ...inside) {
  const element = Object.assign(document.createElement(tag), said);
  element.append(...inside);
  return element;
}

export function choose(pairs, value, label, on) {
  const element = make("select", { ariaLabel: label, className: "lb-choose" });
  for (const [key, name] of pairs) element.append(new Option(name, key));
  element.value = value;
  element.addEventListener("change", () => on(element.value));
  return element;
}

function typed(kind, value, label, on, more = {}) {
  const element = make("input", { type: kind, value: value ?? "", ariaLabel: label });
  Object.assign(element, { className: "lb-typed", ...more });
  element.addEventListener("input", () => on(element.value));
  return element;
}

function press(name, label, on) {
  const button = make("button", { type: "button", className: "lb-button lb-plain" });
  button.textContent = name;
  button.ariaLabel = label;
  button.addEventListener("click", on);
  return button;
}

/* From the JSON and back. A group is { mode, parts }; a row is as the JSON has it. */

function grown(said) {
  if (said.all) return { mode: "all", parts: said.all.map(grown) };
  if (said.any) return { mode: "any", parts: said.any.map(grown) };
  if (!said.not) return said;
  const parts = said.not.any ?? [said.not];
  return { mode: "none", parts: parts.map(grown) };
}

function plain(node) {
  if (!node.mode) return node;
  const parts = node.parts.map(plain);
  if (node.mode === "none") return { not: { any: parts } };
  return { [node.mode]: parts };
}

function root() {
  let said = {};
  try {
    said = JSON.parse(kept.value);
  } catch {
    /* Typed by hand before, and wrong: the form has said so. */
  }
  const node = grown(said && typeof said === "object" ? said : {});
  if (node.mode) return node;
  const parts = node.field || node.did || node.did_not ? [node] : [];
  return { mode: "all", parts };
}

const tree = root();
const { soon } = lookUp(here, () => [form.dataset.preview, new FormData(form)]);

function changed() {
  kept.value = JSON.stringify(plain(tree));
  soon();
}

/* Drawing. What changes the shape of a row draws all of it again. */

function draw() {
  builder.replaceChildren(drawGroup(tree, 1, null));
  changed();
}

function drawGroup(group, depth, remove) {
  const box = make("div", { className: "lb-group" });
  const mode = choose(Object.entries(MODES), group.mode, "How they count", (value) => {
    group.mode = value;
    changed();
  });
  const head = make("div", { className: "lb-group-head" }, mode);
  if (remove) head.append(press("×", "Take the group out", remove));
  box.append(head);
  for (const [place, part] of group.parts.entries()) {
    const out = () => {
      group.parts.splice(place, 1);
      draw();
    };
    box.append(
      part.mode ? drawGroup(part, depth + 1, out) : drawRow(group, place, out),
    );
  }
  const add = (part) => () => {
    group.parts.push(part());
    draw();
  };
  const fresh = () => ({ field: "orders", is: "at_least", value: 1 });
  const buttons = make("div", { className: "lb-group-add" });
  buttons.append(press("Add a condition", "Add a condition", add(fresh)));
  const nested = add(() => ({ mode: "any", parts: [fresh()] }));
  if (depth < MOST_DEEP) buttons.append(press("Add a group", "Add a group", nested));
  box.append(buttons);
  return box;
}

function about() {
  const select = make("select", {
    ariaLabel: "What it is about",
    className: "lb-choose",
  });
  const acts = make("optgroup", { label: "What they do" });
  for (const deed of offer.deeds) {
    acts.append(new Option(`They ${deed.label}`, `did:${deed.name}`));
    acts.append(new Option(`Not true: they ${deed.label}`, `did_not:${deed.name}`));
  }
  select.append(acts);
  const groups = Map.groupBy
    ? Map.groupBy(offer.fields, (field) => field.group)
    : grouped(offer.fields);
  for (const [label, some] of groups) {
    const part = make("optgroup", { label });
    for (const field of some) part.append(new Option(field.label, field.name));
    select.append(part);
  }
  return select;
}

function grouped(rows) {
  const found = new Map();
  for (const row of rows) found.set(row.group, [...(found.get(row.group) ?? []), row]);
  return found;
}

function drawRow(group, place, out) {
  const row = group.parts[place];
  const box = make("div", { className: "lb-row" });
  const what = about();
  const [key, deed] = row.did ? ["did", row.did] : ["did_not", row.did_not];
  what.value = row.field ?? `${key}:${deed}`;
  what.addEventListener("change", () => {
    group.parts[place] = begun(what.value);
    draw();
  });
  box.append(what);
  if (row.field) drawField(box, row);
  else drawDeed(box, row, deed);
  box.append(press("×", "Take this condition out", out));
  return box;
}

function begun(value) {
  const [key, deed] = value.split(":");
  if (deed) return { [key]: deed, days: 30 };
  const field = fields.get(value);
  const how = offer.comparisons[field.kind][0][0];
  return withValue({ field: value, is: how }, field);
}

function withValue(row, field) {
  const bare = { field: row.field, is: row.is };
  if (["known", "unknown", "yes", "no"].includes(row.is)) return bare;
  if (row.is === "between") return { ...bare, value: [0, 1] };
  if (row.is.includes("one_of") || row.is === "none_of")
    return { ...bare, value: field.choices.slice(0, 1).map(([key]) => key) };
  if (field.kind === "number") return { ...bare, value: 1 };
  return { ...bare, value: field.choices[0]?.[0] ?? "" };
}

function drawField(box, row) {
  const field = fields.get(row.field);
  if (!field) {
    box.append(make("span", { className: "lb-error" }, "This is no more."));
    return;
  }
  box.append(
    choose(offer.comparisons[field.kind], row.is, "How it is compared", (how) => {
      row.is = how;
      const fresh = withValue(row, field);
      delete row.value;
      Object.assign(row, fresh);
      draw();
    }),
  );
  box.title = field.words;
  if (!("value" in row)) return;
  if (field.kind === "number") drawNumber(box, row, field);
  else if (Array.isArray(row.value)) drawList(box, row, field);
  else if (field.choices.length)
    box.append(choose(field.choices, row.value, "Value", (value) => set(row, value)));
  else box.append(typed("text", row.value, "Value", (value) => set(row, value)));
}

function set(row, value) {
  row.value = value;
  changed();
}

function drawNumber(box, row, field) {
  const scale = field.unit === "share" ? 100 : 1;
  const shown = (value) =>
    typeof value === "number" ? +(value * scale).toFixed(6) : "";
  const read = (text) => (text.trim() === "" ? null : Number(text) / scale);
  const more = { step: "any", inputMode: "decimal" };
  const both = Array.isArray(row.value) ? row.value : [row.value];
  for (const [place, value] of both.entries()) {
    if (place) box.append("and");
    const on = (text) => {
      if (Array.isArray(row.value)) row.value[place] = read(text);
      else row.value = read(text);
      changed();
    };
    box.append(typed("number", shown(value), "Value", on, more));
  }
  const suffix = field.unit === "money" ? offer.currency : SUFFIX[field.unit];
  if (suffix) box.append(make("span", { className: "lb-quiet" }, suffix));
}

function drawList(box, row, field) {
  const on = (text) => set(row, split(text));
  const hint = { placeholder: "One, another one" };
  const known = field.choices.map(([key]) => key);
  if (known.length) hint.placeholder = known.join(", ");
  if (field.name === "brand_shares") hint.placeholder = "Brand, another brand";
  if (field.name !== "category_shares") {
    box.append(typed("text", row.value.join(", "), "Values, commas between", on, hint));
    return;
  }
  /* Categories are known by their numbers. */
  const told = { categories: row.value.map(Number) };
  const back = () => set(row, (told.categories ?? []).map(String));
  box.append(...goodsOf(told, ["categories"], offer, form.dataset.names, back));
}

function split(text) {
  const parts = text.split(",").map((part) => part.trim());
  return parts.filter((part) => part !== "");
}

function whole(row, key) {
  return (text) => {
    if (text.trim() === "") delete row[key];
    else row[key] = Number(text);
    changed();
  };
}

function drawDeed(box, row, name) {
  const more = { min: 1, step: 1 };
  box.append("at least");
  box.append(typed("number", row.times ?? 1, "How often", whole(row, "times"), more));
  box.append("times in the last");
  const ever = { ...more, placeholder: "ever" };
  box.append(typed("number", row.days, "Days; empty: ever", whole(row, "days"), ever));
  box.append("days");
  if (!deeds.get(name)?.takes_goods) return;
  const kinds = ["categories", "brands", "products"];
  box.append(...goodsOf(row, kinds, offer, form.dataset.names, changed));
}

form.querySelector("[data-json]").hidden = true;
const builder = form.querySelector("[data-builder]");
draw();
