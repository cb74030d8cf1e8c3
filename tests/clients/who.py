"""who.py [--for SECONDS] [PROFILE]: who STS says the caller is, by boto3."""
import sys
import time

import boto3

words = sys.argv[1:]
seconds = 0.0
if words[:1] == ["--for"]:
    seconds, words = float(words[1]), words[2:]
session = boto3.Session(profile_name=words[0] if words else None)
sts = session.client("sts", region_name="eu-west-1")
end = time.monotonic() + seconds
while True:
    arn = sts.get_caller_identity()["Arn"]
    if time.monotonic() >= end:
        break
    time.sleep(0.5)
print(arn)
