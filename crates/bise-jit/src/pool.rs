//! A pool of threads that is entered in less than a microsecond.
//!
//! Kernels are short (microseconds at small sizes) and come one after the other, so the workers wait for the next
//! one by spinning for a while before they go to sleep. The caller does its share. Who does which part is fixed: part
//! `p` is done by thread `p % threads`, so a thread meets the memory again that it has touched before. Only where a
//! worker has not begun when the caller is done with its share (it was asleep, or the machine is busy with other
//! things) the caller does that as well: a job never waits for a thread to wake up.
//!
//! A pool runs one job at a time: a call from inside a part, or from another thread meanwhile, runs its parts
//! one after the other on the thread it comes from. A panic in a part is passed on when all parts have ended. In
//! the child of a `fork` the threads are gone; the pool notices and starts new ones.

use std::any::Any;
use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError};
use std::thread::{self, JoinHandle, Thread};

use crate::floats;

/// Threads that run the parts of jobs.
#[derive(Debug)]
pub struct Pool {
    threads: usize,
    /// From `Arc::into_raw`; replaced in the child of a fork.
    team: AtomicPtr<Team>,
}

/// How often a thread looks for work before it sleeps: 0.1 to 0.2 milliseconds.
const SPINS: u32 = 6000;

/// What a worker is doing: [`Worker::state`].
const IDLE: u32 = 0;
/// Has parts to run, but has not begun: the caller may take them back.
const WORK: u32 = 1;
/// Runs its parts.
const RUNNING: u32 = 2;
/// Sleeps, or is about to.
const ASLEEP: u32 = 3;
/// Is to end.
const STOP: u32 = 4;

/// How many forks led to this process, as far as pools care.
static FORKS: AtomicU32 = AtomicU32::new(0);

impl Pool {
    /// A pool of that many threads, the caller's among them. They start when they are first needed.
    pub fn new(threads: usize) -> Self {
        static WATCH_FORKS: Once = Once::new();
        WATCH_FORKS.call_once(|| {
            // SAFETY: the handler only counts. Where it is refused there is no memory, and forks go unnoticed.
            unsafe { libc::pthread_atfork(None, None, Some(forked)) };
        });
        let threads = threads.max(1);
        Self {
            threads,
            team: AtomicPtr::new(Arc::into_raw(Team::new(threads)).cast_mut()),
        }
    }

    /// The pool of the process: a thread for each processor that it may use.
    pub fn global() -> &'static Self {
        static POOL: OnceLock<Pool> = OnceLock::new();
        POOL.get_or_init(|| Self::new(thread::available_parallelism().map_or(1, usize::from)))
    }

    /// How many threads there are, the caller's among them.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Runs `work(0)` to `work(parts - 1)`, and returns when all have ended.
    ///
    /// # Panics
    /// When a part does, with its message; no part is running then, and parts that had not begun may not have run.
    pub fn run(&self, parts: usize, work: &(dyn Fn(usize) + Sync)) {
        if parts <= 1 || self.threads == 1 {
            return (0..parts).for_each(work);
        }
        let team = self.team();
        if team.busy.swap(true, Ordering::Acquire) {
            return (0..parts).for_each(work);
        }
        let result = team.run(parts, work);
        team.busy.store(false, Ordering::Release);
        if let Some(panic) = result {
            resume_unwind(panic);
        }
    }

    /// The threads of this process.
    fn team(&self) -> &Team {
        let now = self.team.load(Ordering::Acquire);
        // SAFETY: the pointer is from `Arc::into_raw` and its count is given back in `drop` only, or never where a fork
        // replaced it.
        let team = unsafe { &*now };
        if team.forks == FORKS.load(Ordering::Relaxed) {
            return team;
        }
        let new = Arc::into_raw(Team::new(self.threads)).cast_mut();
        match self
            .team
            .compare_exchange(now, new, Ordering::AcqRel, Ordering::Acquire)
        {
            // SAFETY: as above. The old team is leaked: its threads are not in this process to give it up.
            Ok(_) => unsafe { &*new },
            Err(other) => {
                // SAFETY: `new` is from `Arc::into_raw` and was shown to nobody; `other` as above.
                unsafe {
                    drop(Arc::from_raw(new));
                    &*other
                }
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // SAFETY: the pointer is from `Arc::into_raw`, and nobody can use the pool any more.
        let team = unsafe { Arc::from_raw(self.team.load(Ordering::Acquire)) };
        if team.forks == FORKS.load(Ordering::Relaxed) {
            team.stop();
        }
    }
}

/// Called in the child of a fork.
extern "C" fn forked() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}

/// The threads of one process.
#[derive(Debug)]
struct Team {
    workers: Vec<Worker>,
    handles: Mutex<Vec<JoinHandle<()>>>,
    /// Of the workers, how many have a thread. Changed by the one who holds `busy`.
    started: AtomicUsize,
    /// Whether a job is running.
    busy: AtomicBool,
    /// Written by the one who holds `busy` while no worker is at work, read by workers at work.
    job: UnsafeCell<Option<Job>>,
    /// How many workers are at work.
    working: AtomicUsize,
    /// Whether the caller sleeps until they are done.
    caller_sleeps: AtomicBool,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    forks: u32,
}

// SAFETY: `job` is the only field that is not `Sync` by itself; who may touch it when is said there. What it points
// to is `Sync`.
unsafe impl Sync for Team {}
// SAFETY: as above.
unsafe impl Send for Team {}

/// On a cache line pair of its own, since its thread watches it all the time.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Worker {
    state: AtomicU32,
    thread: OnceLock<Thread>,
}

#[derive(Debug)]
struct Job {
    /// Lives until the job has ended, whatever its type says.
    work: Work,
    parts: usize,
    /// How many threads take part.
    threads: usize,
    caller: Thread,
}

#[derive(Clone, Copy)]
struct Work(*const (dyn Fn(usize) + Sync));

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Work")
    }
}

impl Team {
    fn new(threads: usize) -> Arc<Self> {
        Arc::new(Self {
            workers: (1..threads).map(|_| Worker::default()).collect(),
            handles: Mutex::default(),
            started: AtomicUsize::new(0),
            busy: AtomicBool::new(false),
            job: UnsafeCell::new(None),
            working: AtomicUsize::new(0),
            caller_sleeps: AtomicBool::new(false),
            panic: Mutex::default(),
            forks: FORKS.load(Ordering::Relaxed),
        })
    }

    /// Runs a job; the caller holds `busy`. Gives the panic of a part, if one did.
    fn run(&self, parts: usize, work: &(dyn Fn(usize) + Sync)) -> Option<Box<dyn Any + Send>> {
        let helpers = self.start(parts.min(self.workers.len() + 1) - 1);
        // SAFETY: only the lifetime changes, and the job ends before this function does.
        let work: &'static (dyn Fn(usize) + Sync) = unsafe { std::mem::transmute(work) };
        let job = Job {
            work: Work(work),
            parts,
            threads: helpers + 1,
            caller: thread::current(),
        };
        // SAFETY: we hold `busy` and no worker is at work.
        unsafe { *self.job.get() = Some(job) };
        self.working.store(helpers, Ordering::Relaxed);
        for worker in &self.workers[..helpers] {
            // Releases the job to the worker.
            if worker.state.swap(WORK, Ordering::AcqRel) == ASLEEP
                && let Some(thread) = worker.thread.get()
            {
                thread.unpark();
            }
        }
        self.take_part(0);
        for (index, worker) in self.workers[..helpers].iter().enumerate() {
            if worker.turn(WORK, IDLE) {
                self.working.fetch_sub(1, Ordering::Relaxed);
                self.take_part(index + 1);
            }
        }
        self.wait();
        // SAFETY: we hold `busy` and no worker is at work.
        unsafe { *self.job.get() = None };
        self.panic.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Runs the parts of thread number `index`.
    fn take_part(&self, index: usize) {
        // SAFETY: called by those who are at work, between the writes of the job.
        let Some(job) = (unsafe { &*self.job.get() }) else {
            return;
        };
        // SAFETY: the caller keeps it alive until the job has ended.
        let work = unsafe { &*job.work.0 };
        let parts = (index..job.parts).step_by(job.threads);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| parts.for_each(work))) {
            let mut first = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert(panic);
        }
    }

    /// Waits until no worker is at work.
    fn wait(&self) {
        for _ in 0..SPINS {
            if self.working.load(Ordering::Acquire) == 0 {
                return;
            }
            std::hint::spin_loop();
        }
        self.caller_sleeps.store(true, Ordering::SeqCst);
        while self.working.load(Ordering::SeqCst) != 0 {
            thread::park();
        }
        self.caller_sleeps.store(false, Ordering::SeqCst);
    }

    /// Sees to it that as many workers have a thread, and says how many have: fewer where the system refuses.
    fn start(&self, wanted: usize) -> usize {
        let mut started = self.started.load(Ordering::Relaxed);
        while started < wanted {
            let team = TeamRef(ptr::from_ref(self));
            let builder = thread::Builder::new().name(format!("bise-{}", started + 1));
            let index = started + 1;
            let Ok(handle) = builder.spawn(move || team.serve(index)) else {
                break;
            };
            // Set before the worker is given work, by us, so it is there when it is needed.
            let _ = self.workers[started].thread.set(handle.thread().clone());
            self.handles
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(handle);
            started += 1;
        }
        self.started.store(started, Ordering::Relaxed);
        started.min(wanted)
    }

    /// What a worker does: thread number `index`, the caller being number 0.
    fn serve(&self, index: usize) {
        // A new thread has the state of the one that made it.
        floats::set_standard();
        let worker = &self.workers[index - 1];
        while worker.wait() {
            self.take_part(index);
            // SAFETY: the job is there while a worker is at work.
            let caller = unsafe { &*self.job.get() }.as_ref().map(|job| job.caller.clone());
            // Idle before done: as soon as all are done the caller may hand out the next job. Only `stop` writes
            // meanwhile, and that comes after all jobs.
            worker.state.store(IDLE, Ordering::Relaxed);
            if self.working.fetch_sub(1, Ordering::SeqCst) == 1
                && self.caller_sleeps.load(Ordering::SeqCst)
                && let Some(caller) = caller
            {
                caller.unpark();
            }
        }
    }

    /// Ends all threads.
    fn stop(&self) {
        for worker in &self.workers {
            worker.state.store(STOP, Ordering::Release);
            if let Some(thread) = worker.thread.get() {
                thread.unpark();
            }
        }
        let handles = std::mem::take(&mut *self.handles.lock().unwrap_or_else(PoisonError::into_inner));
        for handle in handles {
            // Panics of parts are caught, so there is none to hear of.
            let _ = handle.join();
        }
    }
}

impl Worker {
    /// Waits for something to do; says whether there is, or it is time to end.
    fn wait(&self) -> bool {
        loop {
            for _ in 0..SPINS {
                match self.state.load(Ordering::Relaxed) {
                    WORK if self.turn(WORK, RUNNING) => return true,
                    STOP => return false,
                    _ => std::hint::spin_loop(),
                }
            }
            if self.turn(IDLE, ASLEEP) {
                while self.state.load(Ordering::Relaxed) == ASLEEP {
                    thread::park();
                }
            }
        }
    }

    /// From one state to another, if it is in that one.
    fn turn(&self, from: u32, to: u32) -> bool {
        let turned = self
            .state
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed);
        turned.is_ok()
    }
}

/// A team as its threads see it.
struct TeamRef(*const Team);

// SAFETY: teams are `Sync`.
unsafe impl Send for TeamRef {}

impl TeamRef {
    fn serve(&self, index: usize) {
        // SAFETY: the pool keeps its team until its threads have ended, or for ever where a fork replaced it.
        unsafe { &*self.0 }.serve(index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_runs_once() {
        let pool = Pool::new(3);
        for parts in [0, 1, 2, 3, 7, 100] {
            let seen: Vec<AtomicUsize> = (0..parts).map(|_| AtomicUsize::new(0)).collect();
            pool.run(parts, &|part| {
                seen[part].fetch_add(1, Ordering::Relaxed);
            });
            assert!(seen.iter().all(|count| count.load(Ordering::Relaxed) == 1));
        }
    }

    #[test]
    fn nested_and_concurrent_runs_end() {
        let pool = Pool::new(2);
        let count = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        pool.run(4, &|_| {
                            pool.run(2, &|_| {
                                count.fetch_add(1, Ordering::Relaxed);
                            });
                        });
                    }
                });
            }
        });
        assert_eq!(count.load(Ordering::Relaxed), 4 * 50 * 4 * 2);
    }

    #[test]
    fn panics_are_passed_on_after_all_parts() {
        let pool = Pool::new(2);
        for guilty in 0..4 {
            let count = AtomicUsize::new(0);
            let result = catch_unwind(AssertUnwindSafe(|| {
                pool.run(4, &|part| {
                    assert_ne!(part, guilty, "guilty");
                    count.fetch_add(1, Ordering::Relaxed);
                });
            }));
            assert!(result.is_err());
            pool.run(4, &|_| {
                count.fetch_add(1, Ordering::Relaxed);
            });
            assert!(count.load(Ordering::Relaxed) >= 4);
        }
    }

    #[test]
    fn the_child_of_a_fork_has_a_pool() {
        let pool = Pool::new(2);
        pool.run(2, &|_| {});
        // SAFETY: the child only runs the pool and leaves without unwinding or destructors.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let count = AtomicUsize::new(0);
            pool.run(4, &|_| {
                count.fetch_add(1, Ordering::Relaxed);
            });
            // SAFETY: leaves at once.
            unsafe { libc::_exit(i32::from(count.load(Ordering::Relaxed) != 4)) };
        }
        let mut status = -1;
        // SAFETY: waits for the child that was just made.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!(status, 0);
    }
}
