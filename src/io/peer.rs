//! Whose a connection is that comes from this machine.

use std::net::SocketAddr;

/// Whether the socket at the other end is this user's or the administrator's. `None` where the system
/// does not tell: it is not Linux, or the socket is in another network namespace.
pub fn is_ours(peer: SocketAddr, here: SocketAddr) -> Option<bool> {
    #[cfg(target_os = "linux")]
    {
        let (SocketAddr::V4(peer), SocketAddr::V4(here)) = (peer, here) else { return None };
        let read = |table| std::fs::read_to_string(table).unwrap_or_default();
        let owner = linux::owner(&(read("/proc/net/tcp") + &read("/proc/net/tcp6")), peer, here);
        match owner {
            linux::Owner::Untold => None,
            linux::Owner::Nobody => Some(false),
            linux::Owner::User(uid) => Some(linux::is_accepted(uid)),
        }
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (peer, here);
        None
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::net::SocketAddrV4;

    /// The kernel's words for a connection whose both ends are there, and for a port.
    const ESTABLISHED: &str = "01";
    const LISTENS: &str = "0A";

    /// Who has a socket.
    #[derive(Debug, PartialEq, Eq)]
    pub enum Owner {
        User(u32),
        /// It has been closed. Of such a one the kernel says uid 0.
        Nobody,
        Untold,
    }

    /// Who has the socket that is connected from `peer` to `here`, by these rows of the kernel.
    pub fn owner(rows: &str, peer: SocketAddrV4, here: SocketAddrV4) -> Owner {
        let (from, to) = ([plain(peer), mapped(peer)], [plain(here), mapped(here)]);
        let port = format!(":{:04X} ", here.port());
        let rows = || {
            rows.lines().filter(|row| row.contains(&port)).filter_map(|row| {
                let words: Vec<_> = row.split_ascii_whitespace().collect();
                let [_, local, remote, state, _, _, _, uid, _, inode, ..] = words[..] else {
                    return None;
                };
                Some((local, remote, state, uid, inode))
            })
        };
        let is = |word: &str, forms: &[String; 2]| forms.iter().any(|form| form == word);
        if !rows().any(|(local, _, state, ..)| state == LISTENS && is(local, &to)) {
            return Owner::Untold;
        }
        let of_peer = rows().find(|(local, remote, ..)| is(local, &from) && is(remote, &to));
        if let Some((_, _, state, uid, inode)) = of_peer {
            let lives = state == ESTABLISHED && inode != "0";
            return uid.parse().ok().filter(|_| lives).map_or(Owner::Nobody, Owner::User);
        }
        // It is elsewhere, or it has just been closed.
        let lives = rows().any(|(local, remote, state, ..)| {
            state == ESTABLISHED && is(local, &to) && is(remote, &from)
        });
        if lives { Owner::Untold } else { Owner::Nobody }
    }

    /// `0100007F:1F90`: the address as a number in the machine's order, and the port.
    fn plain(address: SocketAddrV4) -> String {
        let number = u32::from_ne_bytes(address.ip().octets());
        format!("{number:08X}:{:04X}", address.port())
    }

    /// The same of a socket for both kinds of addresses.
    fn mapped(address: SocketAddrV4) -> String {
        let prefix = u32::from_ne_bytes([0, 0, 0xff, 0xff]);
        format!("{:016X}{prefix:08X}{}", 0, plain(address))
    }

    /// This user, and root, who can do anything anyway; who has become root by `sudo` has a browser
    /// that has not.
    pub fn is_accepted(uid: u32) -> bool {
        let own = rustix::process::geteuid().as_raw();
        let before_sudo =
            || crate::io::env::Env::process().get("SUDO_UID").and_then(|uid| uid.parse().ok());
        uid == own || uid == 0 || (own == 0 && before_sudo() == Some(uid))
    }

    #[cfg(test)]
    mod tests {
        use super::{Owner, owner};

        #[test]
        fn rows_of_the_kernel() {
            let (peer, here) = ("127.0.0.1:54321", "127.0.0.1:8080");
            let (peer, here) = (peer.parse().expect("one"), here.parse().expect("one"));
            let row = |from: &str, to: &str, state: &str, uid: u32, inode: u32| {
                format!(
                    "head\n   0: {from} {to} {state} 00000000:00000000 00:00000000 00000000 \
                     {uid:>5} 0 {inode} 1 0000000000000000 20 0 0 10 -1\n"
                )
            };
            // In the order of this machine.
            let home = if cfg!(target_endian = "little") { "0100007F" } else { "7F000001" };
            let words = if cfg!(target_endian = "little") { "FFFF0000" } else { "0000FFFF" };
            let (from, to) = (format!("{home}:D431"), format!("{home}:1F90"));
            let (from6, to6) =
                (format!("{:016X}{words}{from}", 0), format!("{:016X}{words}{to}", 0));
            let listens = row(&to, "00000000:0000", "0A", 1000, 6);
            let ours = row(&to, &from, "01", 1000, 7);
            for (rows, expected) in [
                (row(&from, &to, "01", 1000, 7), Owner::User(1000)),
                (row(&from6, &to6, "01", 0, 7), Owner::User(0)),
                (row(&from, &to, "05", 0, 0), Owner::Nobody),
                (row(&from, &to, "01", 0, 0), Owner::Nobody),
                // In another network namespace, and gone.
                (ours, Owner::Untold),
                (row(&to, &from, "08", 1000, 7), Owner::Nobody),
                (String::new(), Owner::Nobody),
            ] {
                assert_eq!(owner(&(listens.clone() + &rows), peer, here), expected, "{rows}");
            }
            // A system whose tables are empty.
            assert_eq!(owner("", peer, here), Owner::Untold);
        }
    }
}
