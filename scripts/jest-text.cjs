/** Jest transform: imports a .sql file as a string, like esbuild's text loader. */
module.exports = {
  process: (text) => ({ code: `module.exports = { __esModule: true, default: ${JSON.stringify(text)} };` }),
};
