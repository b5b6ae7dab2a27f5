/** Runs before each test file: a run with several hubs gives each worker one of its own. */
const hubs = JSON.parse(process.env.HUB_TEST_WORKERS ?? '[]')
Object.assign(process.env, hubs[Number(process.env.JEST_WORKER_ID ?? 1) - 1])
