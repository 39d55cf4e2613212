// Draws [data-chart] in the theme's colours, and again when the theme changes.
import * as echarts from "../vendor/echarts/echarts.esm.min.js";

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const palette = () => [1, 2, 3, 4, 5, 6].map((n) => token(`--chart-${n}`));
const merge = (base, over) => {
  const out = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const nested = value && typeof value === "object" && !Array.isArray(value);
    out[key] = nested && out[key] && !Array.isArray(out[key]) ? merge(out[key], value) : value;
  }
  return out;
};

function look() {
  const ink = token("--ink-2");
  const line = token("--line");
  const axis = {
    axisLine: { lineStyle: { color: token("--line-strong") } },
    axisTick: { show: false },
    axisLabel: { color: ink, fontSize: 13, hideOverlap: true },
    splitLine: { lineStyle: { color: line } },
    nameTextStyle: { color: ink },
  };
  return {
    color: palette(),
    textStyle: { fontFamily: token("--font"), color: ink },
    aria: { enabled: false }, // the figure has its own name and its table
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    grid: { left: 8, right: 16, top: 48, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, itemGap: 20, icon: "roundRect", itemWidth: 14, itemHeight: 10, textStyle: { color: ink, fontSize: 13 } },
    tooltip: {
      renderMode: "richText", // HTML tooltips carry inline styles, which the page's policy forbids
      confine: true,
      backgroundColor: token("--surface"),
      borderColor: line,
      textStyle: { color: token("--ink"), fontSize: 13 },
    },
    axis,
  };
}

function cartesian(data, axis) {
  const isNumeric = data.kind === "scatter";
  const along = {
    ...axis,
    type: isNumeric ? "value" : "category",
    data: isNumeric ? undefined : data.categories,
    boundaryGap: data.kind !== "line" && data.kind !== "area",
    splitLine: { show: false },
  };
  const across = { ...axis, type: "value", name: data.unit || "", nameGap: 12, minInterval: data.integers === false ? 0 : 1 };
  if (data.horizontal) return { xAxis: { ...across, name: "" }, yAxis: { ...along, inverse: true } };
  return { xAxis: along, yAxis: across };
}

function oneSeries(series, data) {
  const isLine = data.kind === "line" || data.kind === "area";
  return {
    name: series.name,
    type: isLine ? "line" : data.kind,
    data: series.data,
    stack: data.stacked ? "all" : undefined,
    smooth: isLine && Boolean(data.smooth),
    showSymbol: isLine && (series.data?.length ?? 0) <= 40,
    symbolSize: 7,
    lineStyle: isLine ? { width: 2.5 } : undefined,
    areaStyle: data.kind === "area" ? { opacity: 0.16 } : undefined,
    barMaxWidth: 36,
    itemStyle: data.kind === "bar" && !data.stacked ? { borderRadius: data.horizontal ? [0, 4, 4, 0] : [4, 4, 0, 0] } : undefined,
  };
}

function options(data) {
  const { axis, ...base } = look();
  if (data.option) return merge(base, data.option);
  if (data.kind === "pie") {
    const rows = data.categories.map((name, i) => ({ name, value: data.series[0].data[i] }));
    const label = { color: token("--ink"), fontSize: 13, formatter: "{b}  {c}" };
    const itemStyle = { borderColor: token("--surface"), borderWidth: 2 };
    return { ...base, legend: { show: false }, tooltip: { ...base.tooltip, trigger: "item" }, series: [{ type: "pie", radius: ["48%", "74%"], data: rows, label, itemStyle }] };
  }
  if (data.kind === "heatmap") {
    const values = data.series[0].data.map((cell) => cell[2]);
    return {
      ...base,
      legend: { show: false },
      grid: { ...base.grid, top: 8, bottom: 56 },
      xAxis: { ...axis, type: "category", data: data.categories, splitLine: { show: false } },
      yAxis: { ...axis, type: "category", data: data.rows, inverse: true, splitLine: { show: false } },
      visualMap: { min: Math.min(...values), max: Math.max(...values), orient: "horizontal", left: "center", bottom: 0, textStyle: { color: token("--ink-2") }, inRange: { color: [token("--surface-3"), token("--chart-1")] } },
      series: [{ type: "heatmap", data: data.series[0].data, label: { show: values.length <= 120 } }],
    };
  }
  const legend = { ...base.legend, show: data.series.length > 1 };
  const top = 16 + (legend.show ? 32 : 0) + (data.unit && !data.horizontal ? 20 : 0);
  const grid = { ...base.grid, top };
  const trigger = data.kind === "scatter" || data.kind === "boxplot" ? "item" : "axis";
  return {
    ...base,
    legend,
    grid,
    tooltip: { ...base.tooltip, trigger, axisPointer: { type: data.kind === "bar" ? "shadow" : "line" } },
    ...cartesian(data, axis),
    series: data.series.map((series) => oneSeries(series, data)),
  };
}

const isEmpty = (data) => !data.option && !data.series?.some((series) => series.data?.length);

class Chart {
  constructor(place) {
    this.place = place;
    this.data = JSON.parse(place.dataset.chart || "{}");
    new ResizeObserver(() => this.drawn?.resize()).observe(place);
    this.load();
    const seconds = Number(place.dataset.chartRefresh);
    if (seconds && place.dataset.chartUrl) this.timer = setInterval(() => this.reload(), seconds * 1000);
  }

  async load() {
    const url = this.place.dataset.chartUrl;
    try {
      if (url) {
        const answer = await fetch(url, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        this.data = await answer.json();
      }
      this.draw();
    } catch (error) {
      console.error(error);
      if (!this.drawn) this.say(this.place.dataset.chartFailed);
    }
  }

  reload() {
    if (!this.place.isConnected) clearInterval(this.timer);
    else if (document.visibilityState === "visible") this.load();
  }

  say(message) {
    this.drawn?.dispose();
    this.drawn = undefined;
    const text = document.createElement("p");
    text.className = "chart__failed";
    text.textContent = message;
    this.place.replaceChildren(text);
  }

  draw() {
    if (isEmpty(this.data)) return this.say(this.place.dataset.chartEmpty);
    if (!this.drawn) {
      this.place.replaceChildren();
      this.drawn = echarts.init(this.place, null, { renderer: "canvas" });
    }
    this.drawn.setOption(options(this.data), { notMerge: true });
  }
}

const charts = new Map();

export function startCharts(root) {
  for (const place of root.querySelectorAll("[data-chart]")) {
    if (!charts.has(place)) charts.set(place, new Chart(place));
  }
  for (const [place, chart] of charts) {
    if (place.isConnected) continue;
    chart.drawn?.dispose();
    charts.delete(place);
  }
}

new MutationObserver(() => charts.forEach((chart) => chart.drawn && chart.draw())).observe(document.documentElement, {
  attributeFilter: ["data-bs-theme"],
});
