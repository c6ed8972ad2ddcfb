/** Whether a pattern lets a type through, word by word; a star stands for any part of one word. */
export function eventTypeMatches(pattern: string, type: string): boolean {
  const [wanted, words] = [pattern.split('.'), type.split('.')];
  return (
    wanted.length === words.length &&
    wanted.every((part, index) => new RegExp(`^${part.replaceAll('*', '.*')}$`).test(words[index] ?? ''))
  );
}
