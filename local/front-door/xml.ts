export function element(name: string, text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<${name}>${escaped}</${name}>`;
}

export function list<T>(name: string, members: readonly T[], xml: (member: T) => string): string {
  return `<${name}>${members.map(member => `<member>${xml(member)}</member>`).join('')}</${name}>`;
}
