/** The subject as the console is to be loaded: only when it is asked for. */
if (process.argv[2] === "--version") console.log("subject");
else await import("./subject.tsx");
