/** Jest transform: a .sql file is a module whose default export is its text, as esbuild's text loader has it. */
module.exports = {
  process: (text) => ({ code: `module.exports = { __esModule: true, default: ${JSON.stringify(text)} };` }),
};
