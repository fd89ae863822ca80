/**
 * The same pure function, which remembers its last answers: neighbouring records ask the same. At most `limit` of them,
 * then it begins anew, so that strangers' questions take no memory.
 */
export function remembering<T>(compute: (question: string) => T, { limit }: { readonly limit: number }) {
  const answers = new Map<string, T>();
  return (question: string): T => {
    const known = answers.get(question);
    if (known !== undefined) return known;
    if (answers.size >= limit) answers.clear();
    const answer = compute(question);
    answers.set(question, answer);
    return answer;
  };
}
