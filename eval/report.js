"use strict";
// Shows the cases that match the choices above the table, and how many they are.
const form = document.querySelector("form");
const rows = [...document.querySelectorAll("#cases tbody tr")];
const shown = document.querySelector("#shown");

function matches(row) {
  for (const choice of form.querySelectorAll("select")) {
    if (choice.value && !` ${row.dataset[choice.name]} `.includes(` ${choice.value} `)) return false;
  }
  const words = form.elements.words.value.trim().toLowerCase();
  return !words || row.textContent.toLowerCase().includes(words);
}

function filter() {
  let count = 0;
  for (const row of rows) {
    row.hidden = !matches(row);
    if (!row.hidden) count += 1;
  }
  shown.textContent = `${count} / ${rows.length}`;
}

form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();
