// Runs code as a notebook's cell is run: the value of a last expression is its main result.
//
// Called with a file for the result and the code. Writes JSON: `result` and `error`.
const fs = require("fs");
const util = require("util");
const vm = require("vm");

const [path, code] = process.argv.splice(1);
const told = { result: [], error: null };

function failed(error) {
    const isError = error instanceof Error || util.types.isNativeError(error);
    const traceback = isError ? String(error.stack) : `Uncaught ${util.inspect(error)}`;
    told.error ??= { name: isError ? error.name : "Error", value: isError ? error.message : String(error), traceback };
    process.stderr.write(`${traceback}\n`);
    process.exitCode = 1;
}

process.on("exit", () => fs.writeFileSync(path, JSON.stringify(told)));
process.on("uncaughtException", failed);
globalThis.require = require;
try {
    const value = vm.runInThisContext(code, { filename: "<code>" });
    if (value !== undefined) {
        told.result.push({ "text/plain": util.inspect(value), isMainResult: true });
    }
} catch (error) {
    failed(error);
}
