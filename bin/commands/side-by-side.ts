/** Calls for each item, a few at once: AWS throttles who asks for a thousand things in one moment. */
export async function sideBySide<Item, Answer>(
  items: readonly Item[],
  atOnce: number,
  call: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    answers.push(...(await Promise.all(items.slice(start, start + atOnce).map(call))));
  }
  return answers;
}
