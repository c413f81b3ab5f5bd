"""The timer functions: what has to happen without anybody asking."""

import azure.functions as func

from feed.services.downloads import Downloads
from feed.services.repair import Repair
from feed.services.search.following import Following
from feed.services.trust import Trust


def blueprint(
    repair: Repair, following: Following, downloads: Downloads, trust: Trust
) -> func.Blueprint:
    bp = func.Blueprint()

    @bp.timer_trigger(arg_name="timer", schedule="0 */15 * * * *", run_on_startup=False)
    async def jobs_repair(timer: func.TimerRequest) -> None:
        await repair.run()
        await following.keep_snapshot()

    @bp.timer_trigger(arg_name="timer", schedule="0 40 3 * * *", run_on_startup=False)
    async def jobs_fold(timer: func.TimerRequest) -> None:
        await downloads.fold()
        await trust.forget_ended()

    return bp
