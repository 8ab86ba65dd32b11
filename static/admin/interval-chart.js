/* Draws <canvas data-interval="id"> from the JSON of that id: an effect by day and the
   band in which the truth lies, in the theme's colors. */

/* global Chart */
function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function flat(labels, value) {
  return {
    data: labels.map(() => value),
    borderColor: color("--lb-quiet"),
    borderDash: value === 0 ? [] : [4, 4],
    borderWidth: 1,
    pointRadius: 0,
  };
}

function edge(values, fill) {
  return {
    data: values,
    borderColor: "transparent",
    backgroundColor: color("--lb-band"),
    pointRadius: 0,
    fill,
  };
}

function datasets(said) {
  const main = {
    label: said.names.middle,
    data: said.middle,
    borderColor: color("--lb-accent"),
    backgroundColor: color("--lb-accent"),
    borderWidth: 2,
    pointRadius: said.labels.length > 45 ? 0 : 2,
  };
  const limits = said.matters ? [said.matters, -said.matters] : [];
  return [
    main,
    edge(said.high, "+1"),
    edge(said.low, false),
    flat(said.labels, 0),
    ...limits.map((value) => flat(said.labels, value)),
  ];
}

function told(said, at) {
  const number = (value) =>
    value === null ? "–" : `${value > 0 ? "+" : ""}${value.toFixed(1)}${said.unit}`;
  return [
    `${said.names.middle}: ${number(said.middle[at])}`,
    `${said.names.band}: ${number(said.low[at])} to ${number(said.high[at])}`,
  ];
}

function draw(canvas) {
  const said = JSON.parse(document.getElementById(canvas.dataset.interval).textContent);
  const [line, quiet] = [color("--lb-line"), color("--lb-quiet")];
  const axis = { grid: { color: line }, ticks: { color: quiet } };
  return new Chart(canvas, {
    type: "line",
    data: { labels: said.labels, datasets: datasets(said) },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: {
        legend: { display: false },
        tooltip: {
          displayColors: false,
          filter: (item) => item.datasetIndex === 0,
          callbacks: { label: (item) => told(said, item.dataIndex) },
        },
      },
      scales: {
        x: { ...axis, ticks: { ...axis.ticks, maxRotation: 0, autoSkipPadding: 16 } },
        y: {
          ...axis,
          ticks: { ...axis.ticks, callback: (value) => `${value}${said.unit}` },
        },
      },
    },
  });
}

const canvases = [...document.querySelectorAll("canvas[data-interval]")];
let charts = canvases.map(draw);

/* By day and by night: the theme says which by a class. */
new MutationObserver(() => {
  for (const chart of charts) chart.destroy();
  charts = canvases.map(draw);
}).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
