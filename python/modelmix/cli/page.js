(() => {
  const find = (id) => document.getElementById(id);
  const [provider, verdict, text] = ["provider", "verdict", "text"].map(find);
  const sections = [...document.querySelectorAll("section[data-provider]")];
  const rows = sections.map((section) => [...section.querySelectorAll(":scope > ul > li")]);
  const total = rows.reduce((sum, each) => sum + each.length, 0);
  const show = () => {
    const wanted = text.value.trim().toLowerCase();
    let shown = 0;
    sections.forEach((section, index) => {
      let here = 0;
      const mine = !provider.value || section.dataset.provider === provider.value;
      for (const row of rows[index]) {
        const fits =
          mine &&
          (!verdict.value || row.dataset.is.split(" ").includes(verdict.value)) &&
          (!wanted || `${section.dataset.provider}:${row.dataset.model}`.toLowerCase().includes(wanted));
        row.hidden = !fits;
        here += fits;
      }
      section.hidden = !here;
      shown += here;
    });
    find("shown").textContent = `${shown} of ${total} models`;
  };
  [provider, verdict, text].forEach((field) => field.addEventListener("input", show));
  find("filter").addEventListener("submit", (event) => event.preventDefault());
  find("filter").hidden = false;
  show();
})();
