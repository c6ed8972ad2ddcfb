/** Asks again until the answer fits; rejects with the last answer after `withinMs`. Only where there is no event to wait for. */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer> | Answer,
  fits: (answer: Answer) => boolean = Boolean,
  withinMs = 60_000,
): Promise<Answer> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > endMs)
      throw new Error(`not within ${withinMs} ms: ${what}; last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
