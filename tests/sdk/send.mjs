// `node send.mjs URL KEY COUNT RUN`: searches named RUN-0, RUN-1, … ten at a time.

import { setTimeout as sleep } from "node:timers/promises";
import { LuxeBrain } from "../../sdk/node/index.js";

const [url, key, count, run] = process.argv.slice(2);
const luxe = new LuxeBrain(url, key, {
  batchSize: 100,
  flushEvery: 200,
  closeWithin: 60_000,
  timeout: 5_000,
});
for (let n = 0; n < Number(count); n += 1) {
  const who = { visitor: `v${n % 7}`, customer: (n % 5) + 1 };
  await luxe.trackWhenRoom("search", { ...who, query: `${run}-${n}` });
  if (n % 10 === 9) {
    await sleep(2);
  }
}
await luxe.close();
console.log(JSON.stringify(luxe.counts));
