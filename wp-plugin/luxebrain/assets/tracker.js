{
const tag = document.currentScript.dataset, store = localStorage, query = new URLSearchParams(location.search);
let wait = 5e3, due, token, since, shown, begun;
const on = (type, run) => addEventListener(type, run, 1);
const drop = id => delete store[id];
const queue = () => Object.keys(store).sort().filter(id => id.match(/^luxe:/));
const read = ({ dataset }, type) => track(type, JSON.parse(dataset.luxe));

const track = (type, fields) => { try {
const me = JSON.parse(store.luxe || 0);
const at = Date.now();
const id = `luxe:${at}${crypto.randomUUID()}`;
if (!me) return;
if (!(at - me.at < 18e5)) {
const utm = {};
query.forEach((value, name) => {
if (/^utm_/.test(name)) utm[name.slice(4)] = value.slice(0, 200);
});
me.session = id;
me.context = { utm, referrer: document.referrer.split("?")[0] };
}
me.at = at;
store.luxe = JSON.stringify(me);
me.context.url = location.origin + location.pathname;
store[id] = JSON.stringify({ type, ...fields, ...me, id });
queue().slice(0, -60).forEach(drop);
due ||= setTimeout(send, wait);
} catch {} };

const send = beacon => {
due = 0;
const ids = queue();
const url = `${tag.endpoint}?key=${tag.key}`;
const body = JSON.stringify({ sent_at: Date.now(), customer_token: ids[0] <= since ? "" : token, events: ids.map(id => JSON.parse(store[id])) });
if (!ids[0]) return;
if (beacon) return navigator.sendBeacon(url, body);
fetch(url, { method: "POST", keepalive: true, body }).then(e => /200|400|413/.test(e.status) && ids.forEach(drop, wait = 25e2), drop).then(() => due ||= setTimeout(send, wait *= 2));
};

const view = () => {
shown = !document.hidden && Date.now();
track("page_view");
document.querySelectorAll("template[data-luxe]").forEach(read);
const [, product, category] = document.body.className.match(/product postid-(\d+)|product_cat .*term-(\d+)/) ?? [];
if (product) track("product_view", { product: +product });
if (category) track("category_view", { category });
if (query.has("s")) track("search", { query: query.get("s") });
};
const leave = () => {
if (!shown) return;
track("page_leave", { seconds: (Date.now() - shown) / 1e3 });
shown = 0;
send(1);
};
on("visibilitychange", () => document.hidden ? leave() : shown = Date.now());
on("pagehide", leave);
on("pageshow", e => e.persisted && view());

on("click", ({ target }) => {
const element = `${target.localName}#${target.id}.${target.classList}`.slice(0, 200);
const pick = target.closest("li[data-luxe]");
if (pick) read(pick, "recommendation_clicked");
const buy = target.closest("button[data-luxe],.ajax_add_to_cart,.single_add_to_cart_button,a.remove");
if (buy && !buy.form?.matches(":invalid")) {
const form = buy.form;
track(buy.matches("a.remove") ? "remove_from_cart" : "add_to_cart", {
product: +(buy.dataset.product_id || buy.value || form?.product_id?.value),
variant: +form?.variation_id?.value,
quantity: +form?.quantity?.value || 1,
...JSON.parse(buy.dataset.luxe || 0),
});
}
target.luxe = -~target.luxe;
if (target.luxe === 3) track("rage_click", { element });
const before = document.body.innerHTML;
setTimeout(() => {
target.luxe--;
if (document.body.innerHTML === before && !target.closest("a,button,input,select,label,summary")) track("dead_click", { element });
}, 1e3);
});

const consent = yes => {
if (!yes || navigator.globalPrivacyControl || navigator.doNotTrack > (tag.dnt || 0)) return queue().forEach(drop, drop("luxe"));
store.luxe ||= JSON.stringify({ visitor: crypto.randomUUID() });
begun ||= !view();
};
const ask = () => (window.wp_consent_type || window.wp_fallback_consent_type) && consent(wp_has_consent("statistics"));
const start = () => {
document.querySelectorAll("li[data-luxe]").forEach(pick => {
let seen;
new IntersectionObserver(([e], eye) => {
clearTimeout(seen);
if (e.intersectionRatio >= 0.5) seen = setTimeout(() => {
eye.disconnect();
read(pick, "recommendation_shown");
}, 1e3);
}, { threshold: 0.5 }).observe(pick);
});
on("wp_consent_type_defined", ask);
on("wp_listen_for_consent_change", ask);
on("luxe:consent", e => consent(e.detail === "all"));
window.__tcfapi?.("addEventListener", 2, tc => consent(tc.gdprApplies === false || (tc.purpose.consents[1] && tc.purpose.consents[8])));
consent(store.luxe || tag.agreed);
ask();
const api = window.luxebrain;
window.luxebrain = {
track,
consent,
identify: given => {
if (token) since = queue().pop();
token = given || "";
},
reset: () => luxebrain.identify() || store.luxe && consent(drop("luxe")),
push: ([name, ...given]) => luxebrain[name](...given),
};
api?.forEach(luxebrain.push);
};
document.readyState === "loading" ? on("DOMContentLoaded", start) : start();
}
