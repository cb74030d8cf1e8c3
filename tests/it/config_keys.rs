//! Every key of a profile that botocore knows has its place in the documentation, and a variable here
//! is called as it is there.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;
use ssoenv::domain::{call_settings, config_keys};

use crate::support::{python, run};

const DOCS: &str = include_str!("../../docs/credentials.md");

/// The keys of botocore's own tables with their variables: a flat key, or one under `s3`.
const READER: &str = "
import json
import botocore.configprovider as p
tables = ['BOTOCORE_DEFAUT_SESSION_VARIABLES', 'DEFAULT_S3_CONFIG_VARS', 'DEFAULT_PROXIES_CONFIG_VARS']
keys = {}
for table in tables:
    for word, (names, variable, *_) in getattr(p, table).items():
        names = names if isinstance(names, list) else [names]
        for name in names or [word]:
            name = name[-1] if isinstance(name, tuple) else name or word
            keys.setdefault(name, variable)
print(json.dumps(keys))
";

fn botocore() -> Option<BTreeMap<String, Value>> {
    let Some(python) = python::having("botocore") else {
        python::missing("botocore");
        return None;
    };
    let output = run::output(Command::new(python).args(["-c", READER]));
    assert!(output.status.success(), "{output:?}");
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

#[test]
fn botocores_keys_are_obeyed_carried_or_documented() {
    let Some(keys) = botocore() else { return };
    assert!(keys.len() > 40, "{keys:?}");
    for key in keys.keys() {
        assert!(DOCS.contains(&format!("`{key}`")), "docs/credentials.md says nothing of `{key}`");
    }
}

#[test]
fn variables_are_called_as_in_botocore() {
    let Some(keys) = botocore() else { return };
    let ours = call_settings::SETTINGS.into_iter();
    let ours = ours.chain(config_keys::ALL.map(|key| (key.name, key.variable)));
    let mut compared = 0;
    for (key, variable) in ours {
        if let Some(theirs) = keys.get(key) {
            assert_eq!(theirs.as_str(), Some(variable), "{key}");
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn what_is_obeyed_is_documented() {
    for key in config_keys::ALL {
        let row = format!("| `{}` | `{}` | ", key.name, key.variable);
        assert!(DOCS.contains(&row), "{}", key.name);
    }
}
