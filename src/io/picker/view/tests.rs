use super::{Answer, Emphasis, Key, Ranking, Rows, View};
use crate::domain::label::{cell_width, sanitize};

struct Names(Vec<&'static str>);

impl Rows for Names {
    fn cells(&mut self, row: usize) -> Vec<String> {
        vec![self.0[row].to_owned(), "second".to_owned()]
    }

    fn widths(&self) -> Vec<usize> {
        vec![self.0.iter().map(|name| cell_width(&sanitize(name))).max().unwrap_or(0), 6]
    }

    fn preview(&mut self, row: usize) -> String {
        format!("all about {}", self.0[row])
    }
}

fn view(names: &Names) -> View {
    View::new(Ranking::new(names.0.iter().map(|name| ([*name], 0.0))), names.widths(), "")
}

fn lines(view: &mut View, rows: &mut Names, width: usize, height: usize) -> Vec<String> {
    view.frame(rows, width, height).lines.into_iter().map(|line| line.text).collect()
}

fn numbers() -> Names {
    Names((0..100).map(|n| &*Box::leak(format!("row-{n:02}").into_boxed_str())).collect())
}

#[test]
fn a_screen() {
    let mut rows = Names(vec!["prod", "dev", "d\u{1b}[31m\u{202e}n", "日本語"]);
    let mut view = view(&rows);
    assert_eq!(
        lines(&mut view, &mut rows, 40, 8),
        [
            ">                                   4/4",
            "> prod    second",
            "  dev     second",
            "  d[31mn  second",
            "  日本語  second",
            "",
            "all about prod",
            "type to search, up/down to move, ente..",
        ]
    );
    view.press(Key::Text('d'));
    view.press(Key::Text('v'));
    let frame = view.frame(&mut rows, 40, 8);
    assert_eq!(frame.lines[0].text, "> dv                                1/4");
    assert_eq!(frame.lines[1].text, "> dev     second");
    assert_eq!(frame.lines[1].emphasis, Emphasis::Chosen);
    assert_eq!(frame.cursor, 4);
    view.press(Key::Text('x'));
    assert_eq!(lines(&mut view, &mut rows, 40, 8)[6], "nothing matches");
    assert_eq!(view.press(Key::Choose), Answer::None);
    view.press(Key::EraseAll);
    assert_eq!(view.press(Key::Choose), Answer::Chosen(0));
    assert_eq!(view.press(Key::Leave), Answer::Left);
}

#[test]
fn the_bar_is_always_shown() {
    let mut rows = numbers();
    let mut view = view(&rows);
    for (key, expected) in [
        (Key::Up(1), 0),
        (Key::Down(1), 1),
        (Key::Last, 99),
        (Key::Down(5), 99),
        (Key::PageUp, 82),
        (Key::First, 0),
        (Key::PageDown, 17),
        (Key::PageDown, 34),
        (Key::Up(20), 14),
        (Key::Other, 14),
    ] {
        lines(&mut view, &mut rows, 80, 20);
        view.press(key);
        let screen = lines(&mut view, &mut rows, 80, 20);
        assert_eq!(screen.len(), 20);
        let bar = format!("> row-{expected:02}  second");
        assert_eq!(screen.iter().filter(|line| **line == bar).count(), 1, "{key:?} {screen:?}");
    }
}

#[test]
fn words_are_erased_one_by_one() {
    let rows = numbers();
    let mut view = view(&rows);
    for c in "row 1  0 ".chars() {
        view.press(Key::Text(c));
    }
    for left in ["row 1  ", "row ", "", ""] {
        view.press(Key::EraseWord);
        assert_eq!(view.query, left);
    }
    view.press(Key::Text('\u{1b}'));
    view.press(Key::Text('\u{202e}'));
    assert_eq!(view.query, "");
}

/// Whatever the names, the keys and the size: nothing steers the terminal, nothing wraps.
#[test]
fn every_screen_is_clean_and_fits() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 16).expect("48 bits fit") % bound
    };
    let parts = [
        "a",
        "$(touch x)",
        "`x`",
        "\u{1b}]52;c;eA==\u{7}",
        "\u{9b}31m",
        "\u{202e}",
        "\n",
        "\t",
        "\r",
        "%n",
        "日本",
        "😀",
        "e\u{301}",
        "\u{200b}",
        "\0",
        "\u{7f}",
        " ",
        "\u{2028}",
        "ß",
        "\u{e0041}",
    ];
    for _ in 0..300 {
        let names: Vec<&'static str> = (0..below(40))
            .map(|_| {
                let text: String = (0..below(30)).map(|_| parts[below(parts.len())]).collect();
                &*Box::leak(text.into_boxed_str())
            })
            .collect();
        let mut rows = Names(names);
        let mut view = view(&rows);
        for _ in 0..20 {
            let (width, height) = (below(100), below(30));
            let frame = view.frame(&mut rows, width, height);
            assert!(frame.lines.len() <= height.max(1));
            for line in &frame.lines {
                assert_eq!(sanitize(&line.text), line.text);
                assert!(cell_width(&line.text) < width.max(1), "{width}: {:?}", line.text);
            }
            let text = parts[below(parts.len())].chars().next().unwrap_or(' ');
            view.press(match below(8) {
                0 => Key::Down(below(9)),
                1 => Key::Up(below(9)),
                2 => Key::Erase,
                3 => Key::EraseWord,
                4 => Key::Last,
                5 => Key::PageDown,
                _ => Key::Text(text),
            });
        }
    }
}
