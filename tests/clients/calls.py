"""calls.py: makes one call of each kind by boto3, with what environment and files say alone.

Services refuse every call; what counts is what they saw."""
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

# Nothing is gained by waiting between attempts.
time.sleep = lambda seconds: None

DATA = [{"MetricName": "x" * 200, "Value": float(number)} for number in range(100)]
CALLS = [
    ("ec2", "describe_regions", {}),
    ("sts", "get_caller_identity", {}),
    ("dynamodb", "list_tables", {}),
    ("s3", "put_object", {"Bucket": "bucket", "Key": "key", "Body": b"body"}),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "key"}),
    ("s3", "list_objects_v2", {"Bucket": "arn:aws:s3::111122223333:accesspoint/point.mrap"}),
    ("cloudwatch", "put_metric_data", {"Namespace": "large", "MetricData": DATA}),
    ("cloudwatch", "put_metric_data", {"Namespace": "small", "MetricData": DATA[:1]}),
]

session = boto3.Session()
for service, method, words in CALLS:
    try:
        getattr(session.client(service), method)(**words)
    except (BotoCoreError, ClientError, ResponseParserError) as error:
        print(service, method, type(error).__name__)
