// Tells what is under the pointer, or at the cursor that the arrow keys move.
"use strict";
const chart = document.querySelector(".chart");
const columns = JSON.parse(document.getElementById("columns").textContent);
const tip = chart.querySelector(".tip");
const cursors = chart.querySelectorAll(".cursor");
const plot = chart.querySelector(".plot");
let selected = -1;

function show(column) {
  selected = Math.min(Math.max(column, 0), columns.length - 1);
  const share = (selected + 0.5) / chart.dataset.columns;
  for (const cursor of cursors) {
    cursor.style.left = Math.min(100 * share, 100) + "%";
    cursor.hidden = false;
  }
  tip.textContent = columns[selected];
  tip.hidden = false;
  const x = plot.offsetLeft + Math.min(share, 1) * plot.offsetWidth;
  const flips = x + tip.offsetWidth + 12 > chart.offsetWidth;
  tip.style.left = Math.max(0, flips ? x - tip.offsetWidth - 10 : x + 10) + "px";
}

function hide() {
  tip.hidden = true;
  for (const cursor of cursors) cursor.hidden = true;
}

function point(event) {
  const box = plot.getBoundingClientRect();
  const share = (event.clientX - box.left) / box.width;
  if (share < 0 || share > 1) return hide();
  show(Math.floor(share * chart.dataset.columns));
}

chart.addEventListener("pointermove", point);
chart.addEventListener("pointerdown", point);
chart.addEventListener("pointerleave", hide);
chart.addEventListener("blur", hide);
chart.addEventListener("keydown", (event) => {
  const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  if (event.key === "Escape") return hide();
  if (!(event.key in steps)) return;
  event.preventDefault();
  show(selected + steps[event.key]);
});
