"use strict";
// Lines and forest plots with Chart.js, in the colours of the page. Each line also has its own dashes.
(() => {
  const {make} = cupel;
  const light =
      ["#0b57b0", "#b3261e", "#0a6b3d", "#8a4b00", "#6a3fb5", "#00707a", "#a0216c", "#5a5f00"];
  const dark =
      ["#7db5ff", "#ff9c93", "#6fd39b", "#f4c66a", "#c6a8ff", "#5fd6e0", "#ff94cf", "#d5da5a"];
  const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3], [14, 4], [1, 2, 6, 2]];
  let drawn = [];

  cupel.is_dark = () => document.documentElement.dataset.theme === "dark";
  cupel.colour = (i) => (cupel.is_dark() ? dark : light)[i % light.length];
  cupel.forget_charts = () => {
    for (const chart of drawn) chart.destroy();
    drawn = [];
  };

  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = (title, more = {}) => ({
    title: {display: true, text: title, color: ink("--ink")},
    ticks: {color: ink("--ink")},
    grid: {color: ink("--line")},
    ...more
  });

  const draw = (label, height, config) => {
    const canvas = make("canvas", {role: "img", "aria-label": label});
    const box = make("div", {class: "chart"}, canvas);
    box.style.height = height;
    // A chart measures its parent, which is in the page only afterwards.
    requestAnimationFrame(() => {
      if (canvas.isConnected) drawn.push(new Chart(canvas, config()));
    });
    return box;
  };

  // series: [{name, points: [[x, y]], width, colour}]; `colour` numbers one of the palette.
  cupel.line_chart = ({label, x, y, series, logarithmic = false}) => draw(
      label, "24rem",
      () => ({
        type: "line",
        data: {
          datasets: series.map((one, i) => ({
                                 label: cupel.printable(one.name),
                                 data: one.points.map(([at, value]) => ({x: at, y: value})),
                                 borderColor: cupel.colour(one.colour ?? i),
                                 backgroundColor: cupel.colour(one.colour ?? i),
                                 borderDash: dashes[(one.dash ?? i) % dashes.length],
                                 borderWidth: one.width ?? 2,
                                 pointRadius: one.points.length > 60 ? 0 : 2,
                                 tension: 0,
                               }))
        },
        options: {
          animation: false,
          responsive: true,
          maintainAspectRatio: false,
          parsing: false,
          normalized: true,
          interaction: {mode: "nearest", axis: "x", intersect: false},
          scales: {
            x: {type: "linear", ...axis(x)},
            y: {type: logarithmic ? "logarithmic" : "linear", ...axis(y)}
          },
          plugins: {
            legend:
                {labels: {color: ink("--ink"), usePointStyle: false, boxWidth: 36, boxHeight: 0}}
          },
        },
      }));

  const whiskers = (rows, logarithmic) => ({
    id: "whiskers",
    afterDatasetsDraw: (chart) => {
      const {ctx, scales: {x, y}} = chart;
      ctx.save();
      ctx.lineWidth = 2;
      rows.forEach((row, i) => {
        const [low, high, at] =
            [x.getPixelForValue(row.low), x.getPixelForValue(row.high), y.getPixelForValue(i)];
        ctx.strokeStyle = ink("--ink");
        ctx.beginPath();
        ctx.moveTo(low, at);
        ctx.lineTo(high, at);
        for (const end of [low, high]) {
          ctx.moveTo(end, at - 5);
          ctx.lineTo(end, at + 5);
        }
        ctx.stroke();
      });
      if (!logarithmic) {
        ctx.setLineDash([4, 4]);
        ctx.strokeStyle = ink("--quiet");
        ctx.beginPath();
        ctx.moveTo(x.getPixelForValue(0), chart.chartArea.top);
        ctx.lineTo(x.getPixelForValue(0), chart.chartArea.bottom);
        ctx.stroke();
      }
      ctx.restore();
    },
  });
  const shapes = {better: "triangle", worse: "rect", "no clear difference": "circle"};
  const shades = {better: "--good", worse: "--bad", "no clear difference": "--quiet"};

  // rows: [{name, value, low, high, verdict}], one under the other; `verdict` may be left out.
  cupel.forest = ({label, x, rows, logarithmic = false}) => draw(
      label, `${5 + 1.9 * rows.length}rem`,
      () => ({
        type: "scatter",
        data: {
          datasets: [{
            data: rows.map((row, i) => ({x: row.value, y: i})),
            pointRadius: 6,
            pointStyle: rows.map((row) => shapes[row.verdict] ?? "circle"),
            pointBackgroundColor: rows.map((row) => ink(shades[row.verdict] ?? "--quiet")),
            pointBorderColor: ink("--ink"),
          }]
        },
        options: {
          animation: false,
          responsive: true,
          maintainAspectRatio: false,
          parsing: false,
          scales: {
            x: axis(x, {
              type: logarithmic ? "logarithmic" : "linear",
              suggestedMin: Math.min(...(logarithmic ? [] : [0]), ...rows.map((row) => row.low)),
              suggestedMax: Math.max(0, ...rows.map((row) => 1.05 * row.high))
            }),
            y: {
              min: -0.5,
              max: rows.length - 0.5,
              reverse: true,
              grid: {display: false},
              afterBuildTicks: (scale) => {
                scale.ticks = rows.map((_, i) => ({value: i}));
              },
              ticks: {
                color: ink("--ink"),
                autoSkip: false,
                callback: (i) => cupel.printable(rows[i]?.name ?? "")
              }
            },
          },
          plugins: {
            legend: {display: false},
            tooltip: {
              callbacks: {
                label: (at) =>
                    [`${rows[at.dataIndex].name}: ${cupel.number(rows[at.dataIndex].value)} ${
                         cupel.interval(rows[at.dataIndex].low, rows[at.dataIndex].high)}`,
                     rows[at.dataIndex].verdict ?? []].flat().join(", ")
              }
            }
          },
        },
        plugins: [whiskers(rows, logarithmic)],
      }));
})();
