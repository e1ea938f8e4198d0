/** The baselines' table, as the stack names it in their environment. */
export function tableName(): string {
  const { TABLE } = process.env;
  if (!TABLE) throw new Error('The environment variable TABLE is not set');
  return TABLE;
}
