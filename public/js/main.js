// Gives elements their behaviours: <div data-behavior="selection"> loads behaviors/selection.js and calls it.
const loading = [...document.querySelectorAll('[data-behavior]')].flatMap((element) =>
  element.dataset.behavior.split(' ').map((name) => load(name, element)),
);
await Promise.all(loading);
document.documentElement.dataset.ready = ''; // from now on keys and clicks do what they promise

async function load(name, element) {
  const { default: behave } = await import(`./behaviors/${name}.js`);
  behave(element);
}
