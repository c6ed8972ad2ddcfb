process.parentPort.on('message', ({ data }) => {
  if (data === 'end') process.exit(3);
  process.parentPort.postMessage({ back: data, type: process.type, args: process.argv.slice(2) });
});
