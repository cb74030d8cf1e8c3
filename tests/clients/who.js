// who.js [--for SECONDS] [PROFILE]: who STS says the caller is, by the AWS SDK for JavaScript.
const { fromIni, fromNodeProviderChain } = require("@aws-sdk/credential-providers");
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");

let words = process.argv.slice(2);
let seconds = 0;
if (words[0] === "--for") {
  seconds = Number(words[1]);
  words = words.slice(2);
}
const credentials = words.length > 0 ? fromIni({ profile: words[0] }) : fromNodeProviderChain();
const sts = new STSClient({ region: "eu-west-1", credentials });
const end = Date.now() + seconds * 1000;

async function main() {
  for (;;) {
    const who = await sts.send(new GetCallerIdentityCommand({}));
    if (Date.now() >= end) {
      console.log(who.Arn);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
