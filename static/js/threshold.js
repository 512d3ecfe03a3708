// What makes Threshold's pages quicker and live. Every page works without it. docs/interface.md has the contract.
for (const [id, name] of [["govuk-js", "govuk"], ["moj-js", "moj"]]) {
  import(document.getElementById(id).href).then((module) => module.initAll()).catch((error) => console.warn(name, error));
}
