/* Draws <canvas data-chart="id"> from the JSON of that id, in the theme's colors. */

/* global Chart */
const TONES = ["--lb-accent", "--lb-warn", "--lb-good", "--lb-quiet", "--lb-bad"];

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function draw(canvas) {
  const said = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  const [line, quiet] = [color("--lb-line"), color("--lb-quiet")];
  const axis = { grid: { color: line }, ticks: { color: quiet, precision: 0 } };
  /* Days may be left out between others; names of bars may not. */
  const labels =
    said.kind === "bar" ? { autoSkip: false } : { maxRotation: 0, autoSkipPadding: 16 };
  return new Chart(canvas, {
    type: said.kind || "line",
    data: {
      labels: said.labels,
      datasets: said.series.map((one, place) => ({
        label: one.name,
        data: one.values,
        borderColor: color(TONES[place]),
        backgroundColor: color(TONES[place]),
        borderWidth: 2,
        pointRadius: said.labels.length > 45 ? 0 : 2,
        tension: 0.25,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: { legend: { labels: { color: quiet, boxWidth: 12 } } },
      scales: {
        x: { ...axis, ticks: { ...axis.ticks, ...labels } },
        y: { ...axis, beginAtZero: true },
      },
    },
  });
}

const canvases = [...document.querySelectorAll("canvas[data-chart]")];
let charts = canvases.map(draw);

/* By day and by night: the theme says which by a class. */
new MutationObserver(() => {
  for (const chart of charts) chart.destroy();
  charts = canvases.map(draw);
}).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
