// What a page can do besides, where scripts run: without this it says the same. It loads nothing and stores nothing.
(() => {
  "use strict";
  const all = (wanted, within = document) => [...within.querySelectorAll(wanted)];
  const made = (tag, about, ...within) => {
    const one = Object.assign(document.createElement(tag), about);
    one.append(...within);
    return one;
  };

  // Only a table that does scroll is a stop of the tab key.
  const scrolls = new ResizeObserver((seen) => {
    for (const { target } of seen) {
      if (target.scrollWidth > target.clientWidth) {
        target.tabIndex = 0;
        target.setAttribute("role", "group");
        target.setAttribute("aria-label", "Table that may scroll sideways");
      } else {
        for (const name of ["tabindex", "role", "aria-label"]) target.removeAttribute(name);
      }
    }
  });
  all(".table[tabindex]").forEach((one) => scrolls.observe(one));

  // A header is a button that sorts by its column: numbers, times and places by size, what is missing last.
  const MISSING = "[x]";
  const text = (row, column) => row.cells[column].textContent.trim();
  const number = (words) => {
    if (words === "never") return Number.MAX_VALUE;
    const found = words.replaceAll(",", "").match(/^[^\d]{0,3}?(-?\d+(\.\d+)?)/);
    return found ? Number(found[1]) * (/million/.test(words) ? 1e6 : 1) * (/^\s*[−-]/.test(words) && found[1][0] !== "-" ? -1 : 1) : NaN;
  };
  // Times and places as words say them, as numbers that grow: 31 March 2020, autumn 2019; highest, 3rd highest, lowest.
  const MONTHS = "january february march april may june july august september october november december".split(" ");
  const SEASONS = { spring: 3, summer: 6, autumn: 9, winter: 12 };
  const ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(" ");
  const time = (words) => {
    const [, day, name, year] = words.toLowerCase().match(/^(?:[a-z]+day )?(?:(\d{1,2}) )?([a-z]+)(?: (\d{4}))?$/) ?? [];
    const month = MONTHS.indexOf(name) + 1 || SEASONS[name];
    return month ? Number(year ?? 0) * 1e4 + month * 100 + Number(day ?? 0) : NaN;
  };
  const place = (words) => {
    const [, which, end] = words.toLowerCase().match(/^(?:joint )?(?:(\w+) )?(highest|lowest)\b/) ?? [];
    const from = which ? parseInt(which, 10) || ORDINALS.indexOf(which) + 1 : 1;
    return end && from ? (end === "highest" ? from : 1e6 - from) : NaN;
  };
  const sort = (table, header, column) => {
    const body = table.tBodies[0];
    const down = header.getAttribute("aria-sort") === "ascending";
    const rows = [...body.rows];
    const said = rows.map((row) => text(row, column)).filter((words) => words !== MISSING);
    const size = [time, place, number].find((kind) => said.every((words) => !Number.isNaN(kind(words))));
    const compare = (one, other) => {
      const [a, b] = [text(one, column), text(other, column)];
      if (a === MISSING || b === MISSING) return (a === MISSING) - (b === MISSING);
      const order = size ? size(a) - size(b) : a.localeCompare(b, "en-GB", { numeric: true });
      return down ? -order : order;
    };
    body.append(...rows.sort(compare));
    all("[aria-sort]", table).forEach((one) => one.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
  };
  for (const table of all("main table:not(.stacked)")) {
    if (table.tBodies[0]?.rows.length < 3) continue;
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      const button = made("button", { type: "button", className: "sort" }, ...header.childNodes);
      button.addEventListener("click", () => sort(table, header, column));
      header.append(button);
    });
  }

  // A field above what is long leaves only what holds the words typed.
  let fields = 0;
  const filtered = (place, label, items, fold) => {
    const id = `filter-${(fields += 1)}`;
    const field = made("input", { type: "search", id, autocomplete: "off" });
    const count = made("span", { className: "count" });
    count.setAttribute("role", "status");
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const item of items) {
        const said = item.textContent.toLowerCase();
        item.hidden = !words.every((word) => said.includes(word));
        shown += !item.hidden;
      }
      count.textContent = words.length ? `${shown} of ${items.length} shown` : "";
      if (fold && words.length) fold.open = items.some((item) => !item.hidden && fold.contains(item));
    });
    // A hint on how to scroll stays right above its table.
    const hint = place.previousElementSibling;
    (hint?.matches(".sideways") ? hint : place).before(made("p", { className: "filter" }, made("label", { htmlFor: id }, `${label} `), field, " ", count));
  };
  for (const table of all("main table")) {
    const rows = [...table.tBodies[0].rows];
    if (rows.length >= 20) filtered(table.closest(".table") ?? table, "Show only rows with these words:", rows);
  }
  for (const list of all(".areas")) filtered(list, "Show only areas with these words:", all("li", list));
  for (const list of all("ul.found")) filtered(list, "Show only parts with these words:", all("li", list));
  for (const list of all("ul.differences")) {
    // Those that are folded below are searched with those above.
    if (list.closest("details")) continue;
    const fold = list.nextElementSibling?.querySelector(":scope > ul.differences")?.parentElement;
    const items = [...list.children, ...(fold ? fold.querySelector("ul.differences").children : [])];
    if (items.length >= 8) filtered(list, "Show only figures with these words:", items, fold);
  }

  // What a link leads to is unfolded.
  const unfold = () => {
    for (let fold = document.getElementById(location.hash.slice(1))?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  };
  addEventListener("hashchange", unfold);
  unfold();

  // Of places to go to, one can be chosen.
  for (const list of all("nav.jump")) {
    const links = all("a", list);
    const choice = made("select", { id: `choose-${(fields += 1)}` }, ...links.map((link) => made("option", {}, link.textContent)));
    const go = made("button", { type: "button" }, "Go");
    go.addEventListener("click", () => location.assign(links[choice.selectedIndex].href));
    list.replaceChildren(made("p", { className: "filter" }, made("label", { htmlFor: choice.id }, "Go to an area: "), choice, " ", go));
  }

  // In a chart of many authorities, one can be chosen and stands out.
  const named = (title) => title.textContent.split(/, |: /)[0];
  for (const chart of all(".chart")) {
    const titles = all(":is(use, g) > title", chart).filter((title) => !title.textContent.includes(";"));
    const names = [...new Set(titles.map(named))].sort((a, b) => a.localeCompare(b, "en-GB"));
    if (names.length < 6) continue;
    const choice = made("select", { id: `choose-${(fields += 1)}` }, ...["none", ...names].map((name) => made("option", {}, name)));
    choice.addEventListener("change", () => {
      for (const title of titles) title.parentNode.classList.toggle("chosen", named(title) === choice.value);
    });
    chart.before(made("p", { className: "filter" }, made("label", { htmlFor: choice.id }, "Highlight in the chart: "), choice));
  }
})();
