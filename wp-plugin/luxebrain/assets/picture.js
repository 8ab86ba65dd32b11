// The search by picture. Nobody is asked before a picture is chosen; it leaves the browser small, and without the
// camera's notes. Prices and addresses are read as strictly as in widget.js.
{
  const LONGEST = 512;
  const MOST_BYTES = 40e6;
  const PATIENCE = 15e3;

  const money = (amount, { before, after, decimals, point, thousands }) => {
    if (!/^\d{1,12}(\.\d+)?$/.test(amount)) return "";
    const [whole, rest] = Number(amount).toFixed(decimals).split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, () => thousands);
    return before + grouped + (rest ? point + rest : "") + after;
  };

  const address = (given, isPicture) => {
    try {
      const { origin, href } = new URL(given || "x:", location.origin);
      if (origin === location.origin || (isPicture && /^https:/.test(href)))
        return href;
    } catch {}
    return "";
  };

  // No side longer than that, and no small picture made larger.
  const fitted = (width, height) => {
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    return [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  };

  const reasonOf = (status) => {
    if (status === 429) return "busy";
    return [400, 413, 415].includes(status) ? "refused" : "away";
  };

  const make = (name, className, ...inside) => {
    const element = document.createElement(name);
    element.className = className;
    element.append(...inside);
    return element;
  };

  const written = (pick, tag) => {
    const { format } = tag;
    const [price, to, was, lowest] = [
      pick.price,
      pick.price_to,
      pick.regular_price,
      pick.lowest_price,
    ].map((amount) => money(amount, format));
    const now = to && to !== price ? `${price} – ${to}` : price;
    if (!was || was === price) return [now];
    const say = (text) => make("span", "luxe-hidden", `${text} `);
    const line =
      lowest && tag.lowest ? tag.lowest.replace("{price}", () => lowest) : "";
    return [
      say(tag.was),
      make("del", "", was),
      say(tag.now),
      make("ins", "", now),
      line && make("small", "", line),
    ];
  };

  // WooCommerce's own HTML, of which only known elements with their class stay.
  const copied = (node) => {
    const name = node.nodeName;
    if (node.nodeType === 3) return [node.data];
    const inside = [...node.childNodes].flatMap(copied);
    if (!/^(SPAN|BDI|DEL|INS|SMALL|SUP|B|STRONG|BR)$/.test(name)) return inside;
    const element = make(name, node.className, ...inside);
    element.ariaHidden = node.ariaHidden;
    return [element];
  };

  const priced = (pick, tag) =>
    pick.price_html
      ? copied(new DOMParser().parseFromString(pick.price_html, "text/html").body)
      : written(pick, tag);

  const cardOf = (template, pick, position, { place, decision }, tag) => {
    const card = template.content.querySelector("li").cloneNode(true);
    const { product } = pick;
    const image = card.querySelector("img");
    card.querySelector("a").href = address(pick.url);
    card.querySelector(".luxe-card__name").textContent = pick.name;
    card.querySelector(".luxe-card__price").replaceChildren(...priced(pick, tag));
    image.loading = "lazy";
    image.src = address(pick.image, true) || tag.empty;
    card.dataset.luxe = JSON.stringify({
      placement: place,
      product,
      products: [product],
      position,
      decision,
    });
    return card;
  };

  const shrunk = async (file) => {
    if (file.size > MOST_BYTES) throw 413;
    const image = await createImageBitmap(file).catch(() => Promise.reject(415));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = fitted(image.width, image.height);
    const pen = canvas.getContext("2d");
    // What is transparent becomes a backdrop.
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    if (!made) throw 415;
    return made;
  };

  const send = async (url, body) => {
    const answer = await fetch(url, {
      method: "POST",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
      body,
    });
    if (!answer.ok) throw answer.status;
    return answer.json();
  };

  const question = (picture, tag, me) => {
    const body = new FormData();
    const { language, limit } = tag;
    for (const [name, value] of Object.entries({ language, limit, ...me })) {
      if (value) body.append(name, value);
    }
    body.append("picture", picture, "picture.jpg");
    return body;
  };

  // Direct; through the shop where the network does not let it, or where only the shop knows its prices.
  const search = async (picture, tag) => {
    const { visitor, token } = window.luxebrainAgreed ?? {};
    const body = question(picture, tag, { visitor, token });
    if (tag.url) {
      try {
        const told = await send(`${tag.url}?key=${encodeURIComponent(tag.key)}`, body);
        const isOurs = ({ currency }) => currency === tag.format.currency;
        if (told.picks.every(isOurs)) return told;
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    }
    return send(tag.shop, body);
  };

  const start = (element) => {
    const tag = JSON.parse(element.dataset.luxePicture);
    const part = (name) => element.querySelector(name);
    const [input, found] = [part("input"), part(".luxe-picture__found")];
    const list = part("ul");
    let turn = 0;
    const say = (name, count) => {
      const text = tag.says[name].replace("{count}", () => count);
      part(".luxe-picture__status").textContent = text;
    };
    const show = (told) => {
      const picks = told.picks.filter(
        (pick) =>
          address(pick.url) && (pick.price_html || money(pick.price, tag.format)),
      );
      const template = part("template");
      list.replaceChildren(
        ...picks.map((pick, at) => cardOf(template, pick, at + 1, told, tag)),
      );
      found.hidden = !picks.length;
      if (picks.length) say("found", picks.length);
      else say(told.held_out ? "away" : "nothing");
    };
    const look = async (file) => {
      turn += 1;
      const mine = turn;
      say("searching");
      try {
        const told = await search(await shrunk(file), tag);
        // Another picture was chosen meanwhile.
        if (mine === turn) show(told);
      } catch (error) {
        if (mine !== turn) return;
        found.hidden = true;
        list.replaceChildren();
        say(reasonOf(error));
      }
    };
    // The same picture may be chosen once more.
    input.addEventListener("click", () => {
      input.value = "";
    });
    input.addEventListener("change", () => input.files[0] && look(input.files[0]));
    part(".luxe-picture__form").hidden = false;
  };

  if (document.querySelectorAll) {
    const begin = () => {
      for (const one of document.querySelectorAll("[data-luxe-picture]")) start(one);
    };
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", begin, { once: true });
    } else begin();
  } else module.exports = { address, fitted, money, reasonOf };
}
