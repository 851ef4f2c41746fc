// Runs programs in upstream Luau (the npm package luau-web). Standard input: JSON {harness, programs: [source, ...]}.
// Standard output: one JSON text per line, each the outcome of the next program. When a program takes the module down with it,
// the lines simply end; the caller starts again behind it. States are never destroyed: late finalizers would strike the next one.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const { LuauState } = await import(pathToFileURL(process.argv[2]).href);
const { harness, programs } = JSON.parse(fs.readFileSync(0, 'utf8'));

// After a program that did not compile, the first load of the next state answers nonsense; so the harness goes first, twice if need be.
function loadHarness(state) {
    for (let attempt = 0; attempt < 3; attempt++) {
        const run = state.loadstring(harness, '=harness');
        if (typeof run === 'function') return run;
    }
    throw new Error('the harness does not load');
}

for (const source of programs) {
    const state = await LuauState.createAsync();
    const run = loadHarness(state);
    const program = state.loadstring(source, '=program');
    let outcome;
    if (typeof program === 'string') {
        outcome = 'compile error: ' + program;
    } else {
        try {
            outcome = (await run(program))[0];
        } catch (error) {
            outcome = 'harness error: ' + error.message;
        }
    }
    fs.writeSync(1, JSON.stringify(outcome) + '\n');
}
