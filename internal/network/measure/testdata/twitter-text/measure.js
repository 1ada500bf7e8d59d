// Reads texts as JSON, one a line, and says what twitter-text makes of each.
const { parseTweet, extractUrlsWithIndices } = require("twitter-text");

const texts = require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean).map(JSON.parse);
for (const text of texts) {
  const { weightedLength, valid, validRangeEnd } = parseTweet(text);
  const links = extractUrlsWithIndices(text).map(({ url, indices }) => [indices[0], url.length]);
  console.log(JSON.stringify({ weightedLength, valid, validRangeEnd, links }));
}
