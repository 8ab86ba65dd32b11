{
const tag = (document.getElementById("luxebrain-start-js") ?? document.currentScript)?.dataset ?? {};
const off = "luxebrain-off", way = "luxebrain-way", kept = "luxebrain-token", early = window.luxebrain ?? [];
let store, agreed, known, tcf, tracker, begun;
const api = () => window.wp_has_consent && (window.wp_consent_type || window.wp_fallback_consent_type);
const mayKnow = () => api() ? wp_has_consent("marketing") : !tcf || tcf.gdprApplies === false || tcf.purpose.consents[5];
const tell = (type, detail) => document.dispatchEvent(new CustomEvent(`luxebrain:${type}`, { detail }));
const cookie = (name, value, age) => { document.cookie = `luxebrain_${name}=${value};path=/;max-age=${age};SameSite=Lax${location.protocol > "http:" ? ";Secure" : ""}`; };

const remember = () => {
const me = agreed && JSON.parse(store.luxe ?? 0);
if (!me) return;
cookie("visitor", `${me.visitor}${known ? "" : "."}`, 31536e3);
if (me.session) cookie("session", me.session, 1800);
};

// Another one after each signing in and out.
const turn = () => /luxebrain_turn=\w+|$/.exec(document.cookie)[0];

const recall = () => {
const [whose, token] = (sessionStorage[kept] ?? "").split(" ");
return whose === turn() && token?.split(".")[3] > Date.now() / 1e3 + 300 && token;
};

const load = () => {
const script = document.createElement("script");
Object.assign(script.dataset, tag, { endpoint: sessionStorage[way] ?? tag.endpoint });
script.src = tag.tracker;
script.onload = () => {
const first = Date.now() + 4e3;
tracker = { ...luxebrain };
luxebrain.consent = answer;
if (!agreed) tracker.consent();
remember();
setTimeout(() => {
if (Object.keys(store).some(id => /^luxe:/.test(id) && id.slice(5, 18) < first)) script.dataset.endpoint = sessionStorage[way] = tag.fallback;
}, 9e3);
};
document.head.append(script);
};

const greet = token => {
if (!agreed) return;
luxebrain.push(["identify", token]);
tell("agreed", window.luxebrainAgreed = { visitor: JSON.parse(store.luxe).visitor, token });
};

const refuse = () => {
delete sessionStorage[kept];
const was = agreed || store.luxe || /luxebrain_v/.test(document.cookie);
agreed = "";
if (!was) return;
tracker?.identify();
tracker?.consent();
for (const id of Object.keys(store)) if (/^luxe(:|$)/.test(id)) delete store[id];
delete sessionStorage[way];
cookie("visitor", "", 0);
cookie("session", "", 0);
cookie("turn", "", 0);
delete window.luxebrainAgreed;
tell("refused");
};

const decide = yes => {
if (!yes || !crypto.randomUUID || navigator.globalPrivacyControl || navigator.doNotTrack > 0) return refuse();
const before = agreed && !known;
known = mayKnow();
if (before === !known) return;
agreed = 1;
store.luxe ??= JSON.stringify({ visitor: crypto.randomUUID() });
remember();
if (tracker) tracker.consent(1);
else begun ||= !load();
if (!known || !document.body.classList.contains("logged-in")) {
delete sessionStorage[kept];
return greet();
}
const token = recall();
if (token) return greet(token);
const turned = turn();
fetch(tag.me, { method: "POST", headers: { "X-LuxeBrain": 1 } }).then(said => said.json()).catch(() => 0).then(({ token }) => {
if (token && agreed) sessionStorage[kept] = `${turned} ${token}`;
greet(token);
});
};
const answer = yes => {
if (tag.consent === "none") yes ? delete store[off] : store[off] = 1;
decide(yes);
};
const ask = () => api() && decide(wp_has_consent("statistics"));

try { store = localStorage; } catch {}
if (!tag.tracker) console.warn("LuxeBrain: start.js lost its tag. Take it out of what packs scripts.");
if (store && tag.tracker) {
const calls = window.luxebrain = [];
calls.consent = answer;
calls.push = call => call[0] === "consent" ? answer(call[1]) : (agreed || call[0] !== "track") && (calls[calls.length] = call);
addEventListener("wp_consent_type_defined", ask, 1);
addEventListener("wp_listen_for_consent_change", ask, 1);
addEventListener("luxe:consent", said => answer(said.detail === "all"), 1);
addEventListener("click", remember, 1);
addEventListener("pagehide", remember);
if (api()) ask();
else decide(store.luxe || (tag.consent === "none" && !store[off]));
window.__tcfapi?.("addEventListener", 2, said => decide((tcf = said).gdprApplies === false || (said.purpose.consents[1] && said.purpose.consents[8])));
early.forEach(calls.push);
}
}
