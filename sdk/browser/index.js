// The tracker as an ES module. luxebrain.js beside this file is the very script that a
// LuxeBrain serves; it is put into the page as a script, since it reads its own tag.

/** Load the tracker once. See index.d.ts for the options. */
export function start({ key, endpoint, agreed, dnt, src }) {
  const known = document.querySelector("script[data-luxe-tracker]");
  if (known) return known;
  const script = document.createElement("script");
  script.src = src ?? new URL("./luxebrain.js", import.meta.url).href;
  Object.assign(script.dataset, { luxeTracker: "", key, endpoint });
  if (agreed) script.dataset.agreed = "yes";
  if (dnt) script.dataset.dnt = dnt;
  document.head.append(script);
  return script;
}

const call =
  (name) =>
  (...given) => {
    window.luxebrain ??= [];
    window.luxebrain.push([name, ...given]);
  };

export const track = call("track");
export const consent = call("consent");
export const identify = call("identify");
export const reset = call("reset");
