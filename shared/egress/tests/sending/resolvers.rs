//! Resolvers that answer as a test wants.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use egress::{Resolver, Resolving};

/// Says one list of addresses after the other, the last one again and again.
#[derive(Clone)]
pub(crate) struct Scripted {
    answers: Arc<Mutex<VecDeque<Vec<IpAddr>>>>,
    asked: Arc<Mutex<Vec<(String, ThreadId)>>>,
}

impl Scripted {
    pub(crate) fn saying(answers: &[&[&str]]) -> Self {
        let parse = |list: &&[&str]| list.iter().map(|address| address.parse().unwrap()).collect();
        Self { answers: Arc::new(Mutex::new(answers.iter().map(parse).collect())), asked: Arc::default() }
    }

    /// The names it was asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(name, _)| name.clone()).collect()
    }

    /// The threads that it was asked on.
    pub(crate) fn threads(&self) -> Vec<ThreadId> {
        self.asked.lock().unwrap().iter().map(|(_, thread)| *thread).collect()
    }
}

impl Resolver for Scripted {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a> {
        self.asked.lock().unwrap().push((host.to_owned(), thread::current().id()));
        let mut answers = self.answers.lock().unwrap();
        let answer = match answers.len() {
            1 => answers[0].clone(),
            _ => answers.pop_front().unwrap(),
        };
        Box::pin(async move { Ok(answer) })
    }
}

/// Knows no name.
pub(crate) struct Failing;

impl Resolver for Failing {
    fn resolve<'a>(&'a self, _host: &'a str) -> Resolving<'a> {
        Box::pin(async { Err(io::Error::other("no such host")) })
    }
}

/// Never says anything.
pub(crate) struct Silent;

impl Resolver for Silent {
    fn resolve<'a>(&'a self, _host: &'a str) -> Resolving<'a> {
        Box::pin(std::future::pending())
    }
}
