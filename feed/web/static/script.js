"use strict";

// Everything here is a convenience: no page needs it to be read.

const status = document.createElement("p");
status.className = "unseen";
status.setAttribute("role", "status");
document.body.append(status);

function offerCopy(block) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy: ${block.dataset.label}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.querySelector("code").textContent);
    button.textContent = status.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; status.textContent = ""; }, 2000);
  });
  block.append(button);
}

// Browsers have a clipboard only where nobody can listen in: over https, and on this machine.
if (navigator.clipboard) document.querySelectorAll(".copy").forEach(offerCopy);

// What scrolls must be reached by keyboard, and nothing else may be in its way.
for (const each of document.querySelectorAll("pre, .readme table")) {
  if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
}

// WAI-ARIA, Combobox Pattern: the box keeps the focus, and names the option that the arrows reach.
class Suggestions {
  constructor(input, number) {
    this.input = input;
    this.home = input.form.action;
    this.asked = new AbortController();
    this.list = document.createElement("ul");
    this.list.id = `suggestions-${number}`;
    this.list.className = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Packages");
    const box = document.createElement("div");
    box.className = "box";
    const isFocused = input === document.activeElement;
    input.replaceWith(box);
    box.append(input, this.list);
    if (isFocused) input.focus();
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    this.show([]);
    input.addEventListener("input", () => this.ask());
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.open(event.target));
  }

  ask() {
    this.asked.abort();
    this.asked = new AbortController();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.find(this.asked.signal), 120);
  }

  close() {
    this.asked.abort();
    clearTimeout(this.timer);
    this.show([]);
  }

  async find(signal) {
    const text = this.input.value.trim();
    // A colon is the syntax of search, and no part of an id.
    if (text.length < 2 || text.includes(":")) return this.show([]);
    const query = new URLSearchParams({ q: text, take: 8, prerelease: true, semVerLevel: "2.0.0" });
    try {
      const answer = await fetch(new URL(`v3/autocomplete?${query}`, this.home), { signal });
      if (answer.ok) this.show((await answer.json()).data);
    } catch (error) {
      if (error.name !== "AbortError") this.show([]);
    }
  }

  show(ids) {
    this.at = -1;
    this.list.replaceChildren(...ids.map((id, number) => {
      const option = document.createElement("li");
      option.id = `${this.list.id}-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = id;
      return option;
    }));
    this.list.hidden = ids.length === 0;
    this.input.setAttribute("aria-expanded", String(ids.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    status.textContent = ids.length ? `${ids.length} suggestions` : "";
  }

  move(to) {
    const options = this.list.children;
    // Before the first and after the last option is the box itself.
    this.at = (to + 1 + options.length + 1) % (options.length + 1) - 1;
    for (const option of options) option.setAttribute("aria-selected", "false");
    const option = options[this.at];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  press(event) {
    if (this.list.hidden || event.isComposing) return;
    const option = this.list.children[this.at];
    if (event.key === "ArrowDown") this.move(this.at + 1);
    else if (event.key === "ArrowUp") this.move(this.at - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && option) this.open(option);
    else return;
    event.preventDefault();
  }

  open(option) {
    if (option.getAttribute("role") !== "option") return;
    location.assign(new URL(`packages/${encodeURIComponent(option.textContent)}`, this.home));
  }
}

document.querySelectorAll(".search input[type=search]").forEach((input, number) => new Suggestions(input, number));
