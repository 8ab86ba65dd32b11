/* Which products a condition is about: chosen ones as chips, and fields to add some. */

const PAUSE = 250;
const WORDS = {
  categories: "of a category",
  brands: "of a brand",
  products: "a certain product",
};
const named = new Map();
let count = 0;

function chip(name, out) {
  const box = document.createElement("span");
  box.className = "lb-chip";
  const button = document.createElement("button");
  Object.assign(button, {
    type: "button",
    textContent: "×",
    ariaLabel: `Without ${name}`,
  });
  button.addEventListener("click", out);
  const text = document.createElement("bdi");
  text.textContent = name;
  box.append(text, button);
  return box;
}

async function namesOf(url, said) {
  const answer = await fetch(`${url}?${new URLSearchParams(said)}`);
  if (!answer.ok) return [];
  const { names } = await answer.json();
  for (const [pk, name] of names) named.set(pk, name);
  return names;
}

/* One part for each of `kinds`; `row` holds lists under their names. */
export function goodsOf(row, kinds, offer, url, changed) {
  return kinds.map((kind) => part(row, kind, offer, url, changed));
}

function part(row, kind, offer, url, changed) {
  const box = document.createElement("span");
  box.className = "lb-goods";
  const pairs = offer[kind] ?? [];
  const names = new Map(pairs);
  const label = (one) => names.get(one) ?? named.get(one) ?? `Number ${one}`;
  const draw = () => {
    const chips = (row[kind] ?? []).map((one) =>
      chip(label(one), () => {
        row[kind] = row[kind].filter((other) => other !== one);
        if (!row[kind].length) delete row[kind];
        draw();
        changed();
      }),
    );
    const add = (one) => {
      row[kind] = [...new Set([...(row[kind] ?? []), one])];
      draw();
      changed();
    };
    box.replaceChildren(
      ...chips,
      kind === "products" ? typing(url, add) : list(kind, pairs, add),
    );
  };
  draw();
  if (kind === "products" && row[kind]?.some((one) => !named.has(one)))
    namesOf(url, { ids: row[kind].join(",") }).then(draw);
  return box;
}

function list(kind, pairs, add) {
  const select = document.createElement("select");
  select.className = "lb-choose";
  select.ariaLabel = WORDS[kind];
  select.append(new Option(`+ ${WORDS[kind]}`, ""));
  for (const [place, [, name]] of pairs.entries())
    select.append(new Option(name, place));
  select.addEventListener("change", () => {
    if (select.value !== "") add(pairs[Number(select.value)][0]);
  });
  return select;
}

function typing(url, add) {
  count += 1;
  const box = document.createElement("span");
  const input = document.createElement("input");
  const offered = document.createElement("datalist");
  offered.id = `segment-products-${count}`;
  Object.assign(input, {
    type: "text",
    className: "lb-typed",
    placeholder: `+ ${WORDS.products}`,
    ariaLabel: WORDS.products,
  });
  input.setAttribute("list", offered.id);
  let waiting = 0;
  let known = [];
  input.addEventListener("input", () => {
    const chosen = known.find(([, name]) => name === input.value);
    if (chosen) {
      add(chosen[0]);
      return;
    }
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      known = await namesOf(url, { term: input.value });
      offered.replaceChildren(...known.map(([, name]) => new Option(name, name)));
    }, PAUSE);
  });
  box.append(input, offered);
  return box;
}
