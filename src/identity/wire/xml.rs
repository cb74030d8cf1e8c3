//! The XML of query services: one element's text is all that is ever needed.

use roxmltree::Document;

/// A parsed answer.
#[derive(Debug)]
pub struct Xml<'a>(Document<'a>);

impl<'a> Xml<'a> {
    /// `None` for what is not well-formed XML; document types are refused.
    pub fn parse(body: &'a [u8]) -> Option<Self> {
        Document::parse(std::str::from_utf8(body).ok()?).ok().map(Self)
    }

    /// The text of the first element of that name, whatever its namespace.
    pub fn text(&self, name: &str) -> Option<&str> {
        let element = self.0.descendants().find(|node| node.tag_name().name() == name)?;
        element.text().map(str::trim).filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::Xml;

    #[test]
    fn texts_by_name() {
        let body = b"<R xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><A><B>x &amp; y</B>\
            </A><C/></R>";
        let xml = Xml::parse(body).expect("well-formed");
        assert_eq!(xml.text("B"), Some("x & y"));
        assert_eq!(xml.text("C"), None);
        assert!(Xml::parse(b"{}").is_none());
        let bomb = b"<!DOCTYPE r [<!ENTITY a \"b\">]><r>&a;</r>";
        assert!(Xml::parse(bomb).is_none());
    }
}
